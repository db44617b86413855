// Command twin is the Digital Twin on the command line: it runs the whole twin on one machine, tries
// an extractor on records, and reads a running twin.
//
// The exit status is 0 after success, 1 after a failure and 2 after wrong usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal must be able to end a process that hangs while it ends cleanly.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, console{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:]))
}

// console is where a command reads from and writes to.
type console struct {
	in       io.Reader
	out, err io.Writer
}

// The exit statuses.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

// usageError is wrong usage: the message says what is wrong with the arguments.
type usageError struct{ message string }

func (e usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// errShown is a failure that the command has explained already.
var errShown = errors.New("the failure was shown")

// run runs the command that args name and returns the exit status.
func run(ctx context.Context, c console, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(c.err, overview())
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		return help(c, args[1:])
	}
	cmd := find(args[0])
	if cmd == nil {
		fmt.Fprintf(c.err, "twin: there is no command %q\n\n%s", args[0], overview())
		return exitUsage
	}
	if wantsHelp(args[1:]) {
		fmt.Fprint(c.out, cmd.usage())
		return exitOK
	}
	return status(c, cmd, cmd.run(ctx, c, args[1:]))
}

// status explains an error and returns the exit status that it means.
func status(c console, cmd *command, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errShown):
		return exitFailure
	case errors.As(err, &usage):
		fmt.Fprintf(c.err, "twin %s: %s\nusage: twin %s %s\n'twin help %s' says more\n", cmd.name, usage, cmd.name, cmd.args, cmd.name)
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(c.err, "twin %s: interrupted\n", cmd.name)
		return exitFailure
	}
	fmt.Fprintf(c.err, "twin %s: %v\n", cmd.name, err)
	return exitFailure
}
