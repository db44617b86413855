package iam

import (
	"slices"
	"strings"
)

// Request is a call of an API, of a person or a function, or of a service of AWS.
type Request struct {
	Caller   Caller
	Action   string
	Resource string              // an ARN, or * for what has none
	Context  map[string][]string // the keys that the request has
}

// Caller is who asks.
type Caller struct {
	ARN     string // of the role or user; empty for a service and for nobody in particular
	Account string // empty for a service and for nobody in particular
	Service string // such as lambda.amazonaws.com
	Rights  []*Statement
}

// Place is what is asked for: the account that it is in, and its policy.
type Place struct {
	Account  string
	Policy   []*Statement
	Required bool // without a policy of its own that lets the account in, nobody is: a key, or the trust of a role
}

// Decide reports whether AWS allows a request. An explicit deny wins. In one account a policy of either side is enough,
// but where the resource's is required: there a statement for the account lets in whose own policy allows it. Over the
// border of accounts both sides must allow.
func Decide(r Request, at Place) (bool, error) {
	if err := r.check(); err != nil {
		return false, err
	}
	own, err := effect(r, r.Caller.Rights, func(*Statement) standing { return itself })
	if err != nil {
		return false, err
	}
	there, err := effect(r, at.Policy, func(s *Statement) standing { return s.names(r.Caller) })
	if err != nil {
		return false, err
	}
	switch {
	case own == denied || there == denied:
		return false, nil
	case r.Caller.Account != at.Account:
		if r.Caller.Service != "" || r.Caller.ARN == "" {
			return there == allowed, nil
		}
		return own == allowed && (there == allowed || there == delegated), nil
	case there == allowed:
		return true, nil
	case at.Required:
		return own == allowed && there == delegated, nil
	}
	return own == allowed, nil
}

// check finds a request that is not whole.
func (r Request) check() error {
	if r.Action == "" || r.Resource == "" || strings.Contains(r.Action+r.Resource, "${") {
		return unknown("the request %s on %q", r.Action, r.Resource)
	}
	for key := range r.Context {
		if canonical(key) != key {
			return unknown("the key %s of a request", key)
		}
	}
	return nil
}

// verdict is what the statements of one side say.
type verdict int

const (
	silent    verdict = iota
	delegated         // an account is let in: its own policies decide
	allowed
	denied
)

// standing is how a statement names a caller.
type standing int

const (
	no standing = iota
	byAccount
	itself
)

func effect(r Request, statements []*Statement, names func(*Statement) standing) (verdict, error) {
	best := silent
	for _, s := range statements {
		how := names(s)
		if how == no || !s.about(r) {
			continue
		}
		switch {
		case s.Deny:
			return denied, nil
		case how == byAccount:
			best = max(best, delegated)
		default:
			best = allowed
		}
	}
	return best, nil
}

// about reports whether a statement is about a request: its action, its resource, and all of its conditions.
func (s *Statement) about(r Request) bool {
	matches := func(text string) func(string) bool {
		return func(pattern string) bool { return like(text, pattern) }
	}
	if !slices.ContainsFunc(s.Actions, matches(r.Action)) {
		return false
	}
	// The statements of a trust policy have no resource.
	if s.Resources != nil && !slices.ContainsFunc(s.Resources, matches(r.Resource)) {
		return false
	}
	return !slices.ContainsFunc(s.Conditions, func(c Condition) bool { return !c.holds(r.Context) })
}

// names reports how a statement of a resource's policy names a caller.
func (s *Statement) names(c Caller) standing {
	how := no
	for _, p := range s.Principals {
		switch {
		case p.Value == "*":
			how = max(how, itself)
		case p.Kind == "Service":
			if c.Service == p.Value {
				how = itself
			}
		case c.Account != "" && (p.Value == c.Account || strings.HasSuffix(p.Value, "::"+c.Account+":root")):
			how = max(how, byAccount)
			if s.Deny {
				how = itself
			}
		case c.ARN != "" && p.Value == c.ARN:
			how = itself
		}
	}
	return how
}
