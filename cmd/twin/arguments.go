package main

import (
	"flag"
	"io"
	"strings"
)

// arguments are the flags of a command. They may stand before, between and after its other arguments.
type arguments struct{ *flag.FlagSet }

func newArguments() arguments {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	return arguments{set}
}

// parse sets the flags and returns the other arguments. What follows "--" is no flag.
func (a arguments) parse(args []string) ([]string, error) {
	var others []string
	for {
		if err := a.Parse(args); err != nil {
			return nil, usageError{a.explain(err)}
		}
		rest := a.Args()
		if consumed := len(args) - len(rest); consumed > 0 && args[consumed-1] == "--" {
			return append(others, rest...), nil
		}
		if len(rest) == 0 {
			return others, nil
		}
		others = append(others, rest[0])
		args = rest[1:]
	}
}

// explain words an error of the flag package as the help writes flags, with two dashes.
func (a arguments) explain(err error) string {
	message := err.Error()
	if name, ok := strings.CutPrefix(message, "flag provided but not defined: -"); ok {
		var names []string
		a.VisitAll(func(f *flag.Flag) { names = append(names, "--"+f.Name) })
		return "there is no flag --" + strings.TrimLeft(name, "-") + "; there are " + strings.Join(names, ", ")
	}
	if name, ok := strings.CutPrefix(message, "flag needs an argument: -"); ok {
		return "--" + name + " needs an argument"
	}
	return strings.Replace(message, " for flag -", " for --", 1)
}
