// Package access is the matrix of who may do what with a deployed twin: the tasks of people, functions and services,
// each as the calls of AWS that stand for it, and for every use of a key the calls beside it that must be refused.
//
//   - [Tasks] lists the tasks of an environment, with what is wanted of each.
//   - [Judge] evaluates them over the synthesized policies, see package iam.
//   - [Removals] takes every statement and condition away in turn and sees whether an answer changes.
//
// What it wants is written here and read from nobody: neither from the policies nor from the documents.
package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/test/iam"
)

// Call is one call of an API, or one use of a key on behalf of one.
type Call struct {
	Action, Resource string
	Context          map[string][]string
}

func (c Call) String() string {
	var when []string
	for _, key := range slices.Sorted(maps.Keys(c.Context)) {
		when = append(when, key+" "+strings.Join(c.Context[key], " and "))
	}
	text := c.Action + " on " + c.Resource
	if len(when) > 0 {
		text += " with " + strings.Join(when, ", ")
	}
	return text
}

// Task is something that somebody does, or must not be able to do.
type Task struct {
	Who, What string
	Caller    iam.Caller
	Calls     []Call
	// Refused says that the last of the calls must be refused, and every use of a key.
	Refused bool
	// Bound says that a key may be used for this encryption context only.
	Bound bool
	// Open says that the environment lets in every identity of its account that has the rights.
	Open bool
}

// Answer is a call, and whether it is and should be allowed.
type Answer struct {
	Who, What string
	Request   iam.Request
	Want, Got bool
}

func (a Answer) String() string {
	word := map[bool]string{true: "allowed", false: "refused"}
	return fmt.Sprintf("%s: %s: %s is %s, want it %s", a.Who, a.What,
		Call{a.Request.Action, a.Request.Resource, a.Request.Context}, word[a.Got], word[a.Want])
}

// Judge evaluates tasks, and the counterparts of every use of a key that they make.
func Judge(w *iam.World, tasks []Task) ([]Answer, error) {
	open := map[string]bool{}
	for _, t := range tasks {
		for _, c := range t.Calls {
			if t.Open && !t.Refused {
				open[c.use()] = true
			}
		}
	}
	var answers []Answer
	add := func(who, what string, r iam.Request, want bool) error {
		got, err := w.Decide(r)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", who, what, err)
		}
		answers = append(answers, Answer{who, what, r, want, got})
		return nil
	}
	for _, t := range tasks {
		for i, c := range t.Calls {
			key := strings.HasPrefix(c.Action, "kms:")
			want := !t.Refused || i < len(t.Calls)-1 && (!key || c.Action == "kms:DescribeKey")
			if err := add(t.Who, t.What, c.by(t.Caller), want); err != nil {
				return nil, err
			}
			// what only administers a key is no use of it
			if !want || !key || c.Context == nil || c.Action == "kms:DescribeKey" {
				continue
			}
			for _, other := range counterparts(t, c, open[c.use()], w.Makes(c.Resource)) {
				if err := add(t.Who, t.What+", but "+other.how, other.request, other.want); err != nil {
					return nil, err
				}
			}
		}
	}
	return answers, nil
}

// by is the call as somebody makes it. What AWS knows of every caller is part of it.
func (c Call) by(who iam.Caller) iam.Request {
	context := maps.Clone(c.Context)
	if context == nil {
		context = map[string][]string{}
	}
	if who.ARN != "" {
		context["aws:PrincipalArn"] = []string{who.ARN}
	}
	if who.Account != "" && strings.HasPrefix(c.Action, "kms:") {
		context["kms:CallerAccount"] = []string{who.Account}
	}
	if _, said := context["aws:SecureTransport"]; !said {
		context["aws:SecureTransport"] = []string{"true"}
		context["s3:TlsVersion"] = []string{"1.3"}
	}
	return iam.Request{Caller: who, Action: c.Action, Resource: c.Resource, Context: context}
}

// use is the use of a key that a call makes, whoever makes it.
func (c Call) use() string {
	return c.Action + " " + c.Resource + " " + strings.Join(c.Context["kms:ViaService"], "")
}

// Everything is a policy that allows all, as the one of an administrator does.
var Everything = []*iam.Statement{{Owner: "AdministratorAccess", Actions: []string{"*"}, Resources: []string{"*"}}}

func role(account, name string, rights []*iam.Statement) iam.Caller {
	return iam.Caller{ARN: "arn:aws:iam::" + account + ":role/" + name, Account: account, Rights: rights}
}

// counterpart is a use of a key beside one that is allowed.
type counterpart struct {
	how     string
	request iam.Request
	want    bool
}

// counterparts are the uses of a key that must be refused where one is allowed: not through the service, through
// another one, from another account, as a role that has every right, for other data.
//
// Who may use a key that the environment does not make is for its owner to say: there only the role's own limits count.
func counterparts(t Task, c Call, open, made bool) (all []counterpart) {
	with := func(key string, values ...string) Call {
		other := Call{c.Action, c.Resource, maps.Clone(c.Context)}
		if values == nil {
			delete(other.Context, key)
		} else {
			other.Context[key] = values
		}
		return other
	}
	if t.Caller.Service != "" {
		return nil // what bounds a service is said with its tasks
	}
	if made {
		all = append(all,
			counterpart{"from another account", c.by(role(nobodys, "somebody", Everything)), false},
			counterpart{"as a role with every right", c.by(role(iam.Account, "administrator", Everything)), open})
	}
	if t.Caller.Account != iam.Account {
		all = append(all, counterpart{"as another role of that account",
			c.by(role(t.Caller.Account, "administrator", Everything)), false})
	}
	if _, through := c.Context["kms:ViaService"]; through {
		all = append(all,
			counterpart{"directly", with("kms:ViaService").by(t.Caller), false},
			counterpart{"through another service", with("kms:ViaService", "ec2."+iam.Region+".amazonaws.com").by(t.Caller),
				false})
	}
	for _, key := range slices.Sorted(maps.Keys(c.Context)) {
		if name, ok := strings.CutPrefix(key, "kms:EncryptionContext:"); ok && t.Bound {
			all = append(all, counterpart{"for other data (" + name + ")", with(key, c.Context[key][0]+"-other").by(t.Caller),
				false})
		}
	}
	return all
}

// nobodys is an account that nobody here is of, also not the strangers whom an environment lets in.
const nobodys = "111122223333"
