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
	"time"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() {
		stop() // a second signal ends the process at once
		time.Sleep(endTime)
		fmt.Fprintln(os.Stderr, "twin: did not end in time")
		os.Exit(exitFailure)
	})
	os.Exit(run(ctx, console{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:]))
}

// endTime is how long the process may take to end after a signal, whatever it waits for: a disk for example.
const endTime = 2 * time.Second

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

// usageError is wrong usage: the message says what is wrong with the arguments, "" where that was shown.
type usageError struct{ message string }

func (e usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// errShown is a failure that the command has explained already.
var errShown = errors.New("the failure was shown")

// run runs the command that args name and returns the exit status.
func run(ctx context.Context, c console, args []string) int {
	root := newRoot(c)
	if args == nil {
		args = []string{} // cobra would take those of the process
	}
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	return status(c, cmd, err)
}

// status explains an error and returns the exit status that it means.
func status(c console, cmd *cobra.Command, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errShown):
		return exitFailure
	case errors.As(err, &usage) && usage.message == "":
		return exitUsage
	case errors.As(err, &usage):
		fmt.Fprintf(c.err, "%s: %s\nusage: %s\nrun '%s' for more\n",
			cmd.CommandPath(), usage, cmd.UseLine(), helpCommand(cmd))
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(c.err, "%s: interrupted\n", cmd.CommandPath())
		return exitFailure
	}
	fmt.Fprintf(c.err, "%s: %v\n", cmd.CommandPath(), err)
	return exitFailure
}
