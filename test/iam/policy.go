// Package iam decides requests by IAM policies as AWS does, for tests of synthesized templates: policies of roles and
// of people, of keys, buckets, queues, topics, streams, secrets and functions.
//
//   - [Statement] is a statement of a policy, [Read] reads those of a document.
//   - [Decide] judges a [Request] by the policies of who asks and of what is asked for.
//   - [World] is an account with all that an app of the CDK makes in one environment.
//
// It knows the part of the policy language that these templates use, and no more. Whatever it does not know is an
// [*Unknown] error and never a decision: an operator, a condition key, a form of principal, an unresolved reference.
package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Statement is a statement of a policy.
type Statement struct {
	Owner      string // the resource whose policy it is of, such as Twin/ReadingsKey
	Sid        string
	Deny       bool
	Principals []Principal // nil in a policy of a role: it is of who has it
	Actions    []string
	Resources  []string
	Conditions []Condition
}

// Condition is one line of a condition: an operator, a key of the request, and the values that the key may have.
type Condition struct {
	Operator, Key string
	Values        []string
}

func (c Condition) String() string {
	return c.Operator + " " + c.Key + " " + strings.Join(c.Values, " or ")
}

// Principal is who a statement is for: an account (its root), a role or user, a service, or everybody.
type Principal struct {
	Kind  string // "AWS" or "Service"
	Value string // an ARN, the name of a service, or *
}

// Document writes the statement as policies have it.
func (s *Statement) Document() map[string]any {
	m := map[string]any{"Sid": s.Sid, "Effect": "Allow", "Action": s.Actions}
	if s.Deny {
		m["Effect"] = "Deny"
	}
	if s.Resources != nil {
		m["Resource"] = s.Resources
	}
	who := map[string][]string{}
	for _, p := range s.Principals {
		who[p.Kind] = append(who[p.Kind], p.Value)
	}
	if len(who) > 0 {
		m["Principal"] = who
	}
	conditions := map[string]map[string][]string{}
	for _, c := range s.Conditions {
		if conditions[c.Operator] == nil {
			conditions[c.Operator] = map[string][]string{}
		}
		conditions[c.Operator][c.Key] = c.Values
	}
	if len(conditions) > 0 {
		m["Condition"] = conditions
	}
	return m
}

// Unknown is what the package cannot judge.
type Unknown struct{ what string }

func (u *Unknown) Error() string { return "iam: cannot judge " + u.what }

func unknown(format string, args ...any) error { return &Unknown{fmt.Sprintf(format, args...)} }

// Read reads the statements of a policy. Its values are what text makes of them: no reference may be left in them.
func Read(owner string, document any, text func(any) string) ([]*Statement, error) {
	m, ok := document.(map[string]any)
	if !ok {
		return nil, unknown("%s: a policy that is a %T", owner, document)
	}
	list, ok := m["Statement"].([]any)
	if !ok {
		list = []any{m["Statement"]}
	}
	var all []*Statement
	for _, e := range list {
		s, ok := e.(map[string]any)
		if !ok {
			return nil, unknown("%s: a statement that is a %T", owner, e)
		}
		statement, err := readStatement(owner, s, text)
		if err != nil {
			return nil, err
		}
		all = append(all, statement)
	}
	return all, nil
}

func readStatement(owner string, m map[string]any, text func(any) string) (*Statement, error) {
	s := &Statement{Owner: owner}
	for _, part := range slices.Sorted(maps.Keys(m)) {
		var err error
		switch v := m[part]; part {
		case "Sid":
			s.Sid = text(v)
		case "Effect":
			s.Deny = text(v) == "Deny"
		case "Action":
			s.Actions, err = values(owner, v, text)
		case "Resource":
			s.Resources, err = values(owner, v, text)
		case "Principal":
			s.Principals, err = readPrincipals(owner, v, text)
		case "Condition":
			s.Conditions, err = readConditions(owner, v, text)
		default:
			err = unknown("%s: %s", owner, part)
		}
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

func readPrincipals(owner string, v any, text func(any) string) (all []Principal, err error) {
	if v == "*" {
		return []Principal{{"AWS", "*"}}, nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, unknown("%s: the principal %v", owner, v)
	}
	for _, kind := range slices.Sorted(maps.Keys(m)) {
		if kind != "AWS" && kind != "Service" {
			return nil, unknown("%s: principals of the kind %s", owner, kind)
		}
		names, err := values(owner, m[kind], text)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			all = append(all, Principal{kind, name})
		}
	}
	return all, nil
}

func readConditions(owner string, v any, text func(any) string) (all []Condition, err error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, unknown("%s: the condition %v", owner, v)
	}
	for _, operator := range slices.Sorted(maps.Keys(m)) {
		if operators[operator] == nil {
			return nil, unknown("%s: the operator %s", owner, operator)
		}
		keys, ok := m[operator].(map[string]any)
		if !ok {
			return nil, unknown("%s: the condition %v", owner, m[operator])
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			known := canonical(key)
			if known == "" {
				return nil, unknown("%s: the condition key %s", owner, key)
			}
			texts, err := values(owner, keys[key], text)
			if err != nil {
				return nil, err
			}
			all = append(all, Condition{operator, known, texts})
		}
	}
	return all, nil
}

// values are the texts of a value or of a list of them.
func values(owner string, v any, text func(any) string) (all []string, err error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, e := range list {
		t := text(e)
		if t == "" || strings.Contains(t, "${") || strings.Contains(t, "?") {
			return nil, unknown("%s: the value %q", owner, t)
		}
		all = append(all, t)
	}
	return all, nil
}
