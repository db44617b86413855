package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// command is one subcommand.
type command struct {
	name    string
	args    string // its arguments, for the usage line
	summary string // one line, for the overview
	details string // what the help says below the usage line
	run     func(ctx context.Context, c console, args []string) error
}

// commands returns all subcommands in the order of the overview.
func commands() []*command {
	return []*command{upCommand, checkCommand, getCommand}
}

func find(name string) *command {
	for _, c := range commands() {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (c *command) usage() string {
	return fmt.Sprintf("usage: twin %s %s\n\n%s", c.name, c.args, c.details)
}

// overview is what "twin help" prints.
func overview() string {
	var b strings.Builder
	b.WriteString("twin serves the newest reading of every component.metric.\n\nusage: twin COMMAND [ARGUMENTS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-8s%s\n", c.name, c.summary)
	}
	b.WriteString("  help    explains a command: twin help up\n")
	return b.String()
}

func help(c console, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(c.out, overview())
		return exitOK
	}
	if cmd := find(args[0]); cmd != nil && len(args) == 1 {
		fmt.Fprint(c.out, cmd.usage())
		return exitOK
	}
	fmt.Fprintf(c.err, "twin help: there is no command %q\n\n%s", strings.Join(args, " "), overview())
	return exitUsage
}

// wantsHelp reports whether help is asked for among the arguments of a command.
func wantsHelp(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return slices.ContainsFunc(args, func(arg string) bool { return arg == "-h" || arg == "-help" || arg == "--help" })
}
