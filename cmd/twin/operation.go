package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/railtwin/digitaltwin/internal/client"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/tabular"
	twinpkg "github.com/railtwin/digitaltwin/internal/twin"
)

// operation is what the commands have in common that make a run.
type operation struct {
	yes  bool
	twin *target
}

// addOperation gives a command the flags of a run.
func addOperation(cmd *cobra.Command) *operation {
	o := &operation{}
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do it, without a dry run before and without asking")
	o.twin = addTarget(cmd)
	return o
}

// dryRun explains it in the help of a command.
const dryRun = `Without --yes it is a dry run: it says what would happen and changes nothing. On a terminal it then asks
whether to go on.`

// carryOut makes a run: a dry one first, and the real one where --yes says so or who sits at the terminal does.
func (o *operation) carryOut(ctx context.Context, c console, r operate.Request) error {
	api, err := o.twin.open()
	if err != nil {
		return err
	}
	if !o.yes {
		run, err := follow(ctx, c, api, r, true)
		if err != nil {
			return err
		}
		if r.Kind != operate.Pause && r.Kind != operate.Resume && run.Counts.Records == 0 && run.Counts.Components == 0 {
			_, err := fmt.Fprintln(c.out, "Nothing to do.")
			return err
		}
		if !interactive(c) {
			_, err := fmt.Fprintln(c.out, "This was a dry run: nothing has changed. Repeat it with --yes.")
			return err
		}
		if ok, err := confirm(c, question(run)); err != nil || !ok {
			return err
		}
	}
	run, err := follow(ctx, c, api, r, false)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "Done: run %s.\n", run.ID)
	return err
}

// followEvery is how often the twin is asked how far a run has come: soon first, for runs that are short.
const (
	followFirst = 50 * time.Millisecond
	followEvery = 2 * time.Second
)

// follow makes a run, waits until it has ended, and shows what it did. The error says if it failed.
func follow(ctx context.Context, c console, api *client.Client, r operate.Request, dry bool) (*operate.Run, error) {
	r.DryRun = &dry
	run := &operate.Run{}
	if err := api.Call(ctx, http.MethodPost, operate.Path, r, run); err != nil {
		return nil, err
	}
	for pause := followFirst; run.State.Active(); pause = min(2*pause, followEvery) {
		select {
		case <-ctx.Done():
			if !dry {
				fmt.Fprintf(c.err, "The run goes on. See it with 'twin runs %s', end it with 'twin runs %[1]s --cancel'.\n", run.ID)
			}
			return nil, ctx.Err()
		case <-time.After(pause):
		}
		if err := api.Call(ctx, http.MethodGet, operate.Path+"/"+url.PathEscape(run.ID), nil, run); err != nil {
			return nil, err
		}
		if pause == followEvery && interactive(c) {
			fmt.Fprintf(c.err, "\r%s %s\x1b[K", run.State, counted(run))
		}
	}
	if interactive(c) {
		fmt.Fprint(c.err, "\r\x1b[K")
	}
	if run.State != operate.Done {
		return nil, fmt.Errorf("the run %s is %s. %s", run.ID, run.State, printableLines(run.Error))
	}
	return run, showOutcome(c.out, run)
}

// showOutcome shows what a run did, or would do, as a table of what and how many.
func showOutcome(w io.Writer, run *operate.Run) error {
	if run.Kind == operate.Pause || run.Kind == operate.Resume {
		_, err := fmt.Fprintf(w, "%s %s\n", run.Kind, tabular.Printable(run.Dataset))
		return err
	}
	t := tabular.New(w, 0, tabular.Column{Heading: strings.ToUpper(string(run.Kind))},
		tabular.Column{Heading: "NUMBER", Right: true})
	for _, row := range outcome(run) {
		if err := t.Row(row.what, fmt.Sprint(row.n)); err != nil {
			return err
		}
	}
	return t.Flush()
}

type countedRow struct {
	what string
	n    int64
}

// outcome is what a run has counted, in the order in which one reads it.
func outcome(run *operate.Run) (rows []countedRow) {
	n := &run.Counts
	switch run.Kind {
	case operate.Forget:
		rows = []countedRow{{"components", n.Components}}
		if run.Dry() {
			return append(rows, countedRow{"readings", n.Readings})
		}
		return append(rows, countedRow{"items changed", n.Items})
	case operate.Drop:
		return []countedRow{{"files", n.Files}, {"rejects", n.Records}}
	case operate.Rebuild:
		if run.Dry() {
			return []countedRow{{"records, about", n.Records}}
		}
		rows = []countedRow{{"records", n.Records}}
	default:
		rows = []countedRow{{"rejects", n.Records}}
	}
	rows = append(rows, countedRow{"pass", n.Passed}, countedRow{"give nothing", n.Nothing})
	for _, reason := range slices.Sorted(maps.Keys(n.Rejected)) {
		rows = append(rows, countedRow{"rejected again: " + string(reason), n.Rejected[reason]})
	}
	if n.Skipped > 0 {
		rows = append(rows, countedRow{"only named: rebuild instead", n.Skipped})
	}
	rows = append(rows, countedRow{"changes", n.Changes})
	if run.Kind != operate.Replay || !run.Dry() {
		return rows
	}
	what := "readings change"
	if n.AtLeast {
		what += ", at least"
	}
	return append(rows, countedRow{what, n.Readings})
}

// counted is what a run has counted, on one line.
func counted(run *operate.Run) string {
	var parts []string
	for _, row := range outcome(run) {
		if row.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", row.n, row.what))
		}
	}
	return strings.Join(parts, ", ")
}

// question is what is asked before the real run.
func question(run *operate.Run) string {
	about := map[operate.Kind]string{
		operate.Forget: fmt.Sprintf("Forget %d components? They do not come back by themselves, also not by a replay",
			run.Counts.Components),
		operate.Replay:  fmt.Sprintf("Replay %d rejects of %s", run.Counts.Records, run.Dataset),
		operate.Drop:    fmt.Sprintf("Drop %d rejects of %s for good", run.Counts.Records, run.Dataset),
		operate.Rebuild: fmt.Sprintf("Read about %d records of %s again", run.Counts.Records, run.Dataset),
		operate.Pause:   fmt.Sprintf("Pause %s", run.Dataset),
		operate.Resume:  fmt.Sprintf("Resume %s", run.Dataset),
	}[run.Kind]
	if run.Seconds > 0 {
		about += fmt.Sprintf(", which takes about %s", age(time.Duration(run.Seconds)*time.Second))
	}
	return tabular.Printable(about) + "? [y/N] "
}

// interactive reports whether somebody can be asked.
func interactive(c console) bool {
	in, isFile := c.in.(*os.File)
	out, also := c.out.(*os.File)
	return isFile && also && term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd()))
}

// confirm asks a question and reports whether the answer is yes.
func confirm(c console, question string) (bool, error) {
	if _, err := fmt.Fprint(c.out, question); err != nil {
		return false, err
	}
	line, err := bufio.NewReader(c.in).ReadString('\n')
	if err != nil && line == "" {
		return false, fmt.Errorf("no answer: nothing was done")
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return true, nil
	}
	_, err = fmt.Fprintln(c.out, "Nothing was done.")
	return false, err
}

// timeFlag is a time on the command line: RFC 3339, a day, or how long ago.
type timeFlag struct{ at *twinpkg.Millis }

// addTime gives a command a flag for a time.
func addTime(cmd *cobra.Command, name, usage string) *timeFlag {
	f := &timeFlag{}
	cmd.Flags().Var(f, name, usage)
	complete(cmd, name)
	return f
}

// String implements [pflag.Value].
func (f *timeFlag) String() string {
	if f == nil || f.at == nil {
		return ""
	}
	return f.at.String()
}

// Set implements [pflag.Value].
func (f *timeFlag) Set(s string) error {
	if ago, err := time.ParseDuration(s); err == nil && ago >= 0 {
		at := twinpkg.MillisOf(time.Now().Add(-ago))
		f.at = &at
		return nil
	}
	for _, form := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(form, s); err == nil {
			at := twinpkg.MillisOf(t)
			f.at = &at
			return nil
		}
	}
	return fmt.Errorf("it must be a time such as 2026-11-29T03:00:00Z, a day such as 2026-11-29, or how long ago, " +
		"such as 24h")
}

// Type implements [pflag.Value].
func (f *timeFlag) Type() string { return "time" }

// one takes the one argument of a command.
func one(args []string, what string) (string, error) {
	switch {
	case len(args) == 0 || args[0] == "":
		return "", usagef("name %s", what)
	case len(args) > 1:
		return "", usagef("unexpected argument %q: name one. Quote names with blanks", args[1])
	}
	return args[0], nil
}

// printableLines escapes control characters but for line feeds.
func printableLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = tabular.Printable(lines[i])
	}
	return strings.Join(lines, "\n")
}
