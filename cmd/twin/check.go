package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/workbench"
)

// check is what the arguments of one "twin check" ask for.
type check struct {
	json, watch, strict bool
	old                 string
	sql                 string
	inputs              workbench.Inputs
}

func newCheck(c console) *cobra.Command {
	ch := &check{}
	cmd := &cobra.Command{
		Use:   "check FILE.sql [RECORDS...]",
		Short: "compiles an extractor and runs it over records",
		Long: `Compiles an extractor and runs it over files of records; - is standard input. Files may be
compressed with gzip. Whether a file is one record or holds one a line is told from how it looks: a
JSON text over several lines is one record. The file source.json beside a file of records can set it,
and the charset: {"framing": "lines", "charset": "windows-1252"}; flags come first.

It shows the changes, the rejects with their reasons, the rows that were dropped because their
component, metric, value or event_time is NULL, statistics of each metric, and what a record
costs to store. It warns of records that gave nothing, of records of which only a part is ever
read, and of components that have become large. What is wrong with the SQL goes to standard error,
with file:line:column and a caret.

The exit status is 1 where the SQL is wrong, and where not one record gave a change: then the
framing or the names of the fields are wrong. Otherwise it is 0, also where some records are
rejected or give nothing; with --strict it is 1 then.

With --json there is one object a line: {"change":{...},"record":"FILE:LINE"},
{"reject":{"reason":...,"record":...}}, {"dropped":{"record":...,"metric":...,"null":COLUMN}},
{"unread":{"record":...,"offset":...}} or {"nothing":{"record":...}}.`,
		Example: `
  twin check extractors/hsl_hfp.sql extractors/testdata/hsl_hfp/hfp-first-450.ndjson
  twin check --diff old.sql new.sql records.ndjson`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := ch.files(c, args); err != nil {
				return err
			}
			if ch.watch {
				return ch.watchFiles(cmd.Context(), c)
			}
			return ch.once(cmd.Context(), c)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&ch.json, "json", false, "print objects for programs, and the summary to standard error")
	flags.Func("framing", "`HOW` records are framed: lines (a line is a record), plain (a file is one) or gzip (compressed lines). Default: what source.json beside them says, or else as they look",
		func(s string) error { return ch.inputs.Source.Framing.UnmarshalText([]byte(s)) })
	flags.BoolVar(&ch.watch, "watch", false, "check again whenever one of the files changes, until Ctrl-C")
	flags.BoolVar(&ch.strict, "strict", false, "fail also where a record is rejected or gives nothing")
	flags.StringVar(&ch.old, "diff", "",
		"show which readings FILE.sql makes differently than `OLD.sql`, over the records")
	complete(cmd, "framing", string(framing.Lines), string(framing.Plain), string(framing.Gzip))
	return cmd
}

// files takes the other arguments.
func (ch *check) files(c console, files []string) error {
	if len(files) == 0 {
		return usagef("name an extractor, such as extractors/hsl_hfp.sql")
	}
	ch.sql, ch.inputs.Paths, ch.inputs.Stdin = files[0], files[1:], c.in
	ch.inputs.Blank = func(name string) { fmt.Fprintln(c.err, name, "is empty: there is no record in it") }
	stdin := slices.Contains(files, "-")
	switch {
	case ch.sql == "-":
		return usagef("the extractor must be a file; only records can come from standard input")
	case ch.old != "" && len(ch.inputs.Paths) == 0:
		return usagef("--diff needs records to compare by")
	case ch.old != "" && ch.json:
		return usagef("--diff and --json do not go together")
	case stdin && (ch.watch || ch.old != ""):
		return usagef("standard input can be read only once, so it goes with neither --watch nor --diff")
	}
	return nil
}

// once compiles and runs, and shows diagnostics on standard error.
func (ch *check) once(ctx context.Context, c console) error {
	out := bufio.NewWriterSize(c.out, 64<<10)
	err := ch.report(ctx, out, c.err)
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if list, ok := errors.AsType[diag.List](err); ok {
		fmt.Fprintln(c.err, list)
		return errShown
	}
	return err
}

func (ch *check) report(ctx context.Context, out io.Writer, notes io.Writer) error {
	extractor, err := open(ch.sql, notes)
	if err != nil {
		return err
	}
	switch {
	case ch.old != "":
		return ch.diff(ctx, extractor, out, notes)
	case ch.json:
		totals, err := extractor.Run(ctx, ch.inputs, workbench.NewJSON(out))
		if err != nil {
			return err
		}
		fmt.Fprintln(notes, totals)
		return ch.judge(totals)
	}
	fmt.Fprintln(out, extractor)
	if len(ch.inputs.Paths) == 0 {
		fmt.Fprintln(out, "no records were given, so none were run")
		return nil
	}
	totals, err := showRun(ctx, extractor, ch.inputs, out)
	if err != nil {
		return err
	}
	return ch.judge(totals)
}

// judge returns a failure where the totals, which are shown, are not good enough.
func (ch *check) judge(t workbench.Totals) error {
	switch {
	case t.Changes == 0:
		return errors.New("not one record gave a change")
	case ch.strict && !t.Clean():
		return errors.New("--strict: a record was rejected or gave nothing")
	}
	return nil
}

// open compiles an extractor and shows its warnings.
func open(path string, notes io.Writer) (*workbench.Extractor, error) {
	extractor, err := workbench.Open(path)
	if err != nil {
		return nil, err
	}
	for _, warning := range extractor.Warnings {
		fmt.Fprintln(notes, warning)
	}
	return extractor, nil
}

func showRun(
	ctx context.Context, extractor *workbench.Extractor, inputs workbench.Inputs, out io.Writer,
) (workbench.Totals, error) {
	text, statistics := workbench.NewText(out), workbench.NewStatistics(extractor.Program.Dataset())
	totals, err := extractor.Run(ctx, inputs, text, statistics)
	if flushed := text.Flush(); err == nil {
		err = flushed
	}
	if err != nil {
		return totals, err
	}
	if cost, ok := statistics.Cost(); ok {
		fmt.Fprintln(out)
		if err := statistics.Write(out); err != nil {
			return totals, err
		}
		fmt.Fprintf(out, "\n%s\n", cost)
	}
	_, err = fmt.Fprintln(out, totals)
	if hint := totals.Hint(inputs); hint != "" && err == nil {
		_, err = fmt.Fprintln(out, hint)
	}
	return totals, err
}

func (ch *check) diff(ctx context.Context, extractor *workbench.Extractor, out, notes io.Writer) error {
	old, err := open(ch.old, notes)
	if err != nil {
		return err
	}
	differences, was, is, err := workbench.Compare(ctx, old, extractor, ch.inputs)
	if err != nil {
		return err
	}
	if err := workbench.WriteDifferences(out, differences); err != nil {
		return err
	}
	what := "readings differ"
	if len(differences) == 1 {
		what = "reading differs"
	}
	_, err = fmt.Fprintf(out, "%s: %s\n%s: %s\n%d %s\n", ch.old, was, ch.sql, is, len(differences), what)
	return err
}
