package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/local"
)

// restriction is who may read what of a local twin.
type restriction struct {
	file string
	as   []access.Principal
}

func (r *restriction) flags(flags *pflag.FlagSet) {
	flags.StringVar(&r.file, "access", "", "let the grants of `FILE` decide what is read, see docs/access.md; with "+
		"--auth or --as")
	flags.Func("as",
		"every call of the API is by `WHO`, such as client:map or group:operators, to try the grants; can be "+
			"repeated for one caller who is all of these", r.addPrincipal)
}

func (r *restriction) addPrincipal(s string) error {
	p, err := principal(s)
	r.as = append(r.as, p)
	return err
}

// principal reads whom a grant can be for.
func principal(s string) (access.Principal, error) {
	p, message, hint := access.ParsePrincipal(s)
	if message != "" {
		return p, fmt.Errorf("%s: %s", message, hint)
	}
	return p, nil
}

// check finds flags that do not go together; auth says that calls carry tokens.
func (r *restriction) check(auth bool) error {
	switch {
	case auth && len(r.as) > 0:
		return usagef("--as and --auth exclude each other: with --auth the token of a call says whose it is")
	case r.file != "" && len(r.as) == 0 && !auth:
		return usagef("--access needs to know who calls: let calls carry tokens with --auth, or say it with --as, such as " +
			"--as client:machine")
	case r.file == "" && len(r.as) > 0:
		return usagef("--as is for the grants of a file: name it with --access")
	}
	return nil
}

// rules compiles the file, if there is one, and shows what is wrong with it.
func (r *restriction) rules(known access.Known, notes io.Writer) (*access.Rules, error) {
	if r.file == "" {
		return nil, nil
	}
	return readRules(r.file, known, notes)
}

// readRules compiles a file of grants and shows what is wrong with it.
func readRules(file string, known access.Known, notes io.Writer) (*access.Rules, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the grants: %w", err)
	}
	rules, err := access.Parse(file, text, known)
	if list, ok := errors.AsType[diag.List](err); ok {
		fmt.Fprintln(notes, list)
		return nil, errShown
	}
	return rules, err
}

// restrict lets the rules decide, if there are any.
func (r *restriction) restrict(t *local.Twin, rules *access.Rules) {
	if rules == nil {
		return
	}
	t.Restrict(rules)
	if len(r.as) == 0 {
		return
	}
	c := callerOf(r.as)
	c.Scopes = []string{access.ScopeRead, access.ScopeOperate}
	t.ActAs(c)
}

// callerOf returns who is all of the principals.
func callerOf(principals []access.Principal) access.Caller {
	var c access.Caller
	for _, p := range principals {
		switch p.Kind {
		case access.Client:
			c.Client = p.Name
		case access.Group:
			c.Groups = append(c.Groups, p.Name)
		case access.Subject:
			c.Subject = p.Name
		}
	}
	return c
}
