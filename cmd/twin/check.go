package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/workbench"
)

var checkCommand = &command{
	name:    "check",
	args:    "FILE.sql [RECORDS...] [--json] [--framing lines|file] [--watch] [--diff OLD.sql]",
	summary: "compiles an extractor and runs it over records",
	details: `Compiles an extractor and runs it over files of records. A file called *.json is one record; of
any other file every line is a record; - is standard input. Files may be packed by gzip.

It shows the changes, the rejects with their reasons, the rows that were dropped because their
component, metric, value or event_time is NULL, statistics of each metric, and which twin.layout
is cheaper. It warns of records of which only the first JSON value is ever read. What is wrong with the SQL goes to standard error, with file:line:column
and a caret; the exit status is 1 then, and 0 otherwise, also where records are rejected.

  --json          one object a line: {"change":{...},"record":"FILE:LINE"},
                  {"reject":{"reason":...,"record":...}}, {"dropped":{"record":...,"metric":...,"null":COLUMN}}
                  or {"unread":{"record":...,"offset":...}}; the summary goes to standard error
  --framing HOW   lines: every line is a record; file: every file is one
  --watch         again whenever one of the files changes, until Ctrl-C
  --diff OLD.sql  which readings FILE.sql makes differently than OLD.sql does, over the records

  twin check extractors/hsl_hfp.sql extractors/testdata/hsl_hfp/hfp-first-450.ndjson
  twin check --diff old.sql new.sql records.ndjson
`,
	run: runCheck,
}

// check is what the arguments of one "twin check" ask for.
type check struct {
	json, watch bool
	old         string
	sql         string
	inputs      workbench.Inputs
}

func runCheck(ctx context.Context, c console, args []string) error {
	ch, err := parseCheck(c, args)
	if err != nil {
		return err
	}
	if ch.watch {
		return ch.watchFiles(ctx, c)
	}
	return ch.once(ctx, c)
}

func (ch *check) arguments() arguments {
	flags := newArguments()
	flags.BoolVar(&ch.json, "json", false, "")
	flags.BoolVar(&ch.watch, "watch", false, "")
	flags.StringVar(&ch.old, "diff", "", "")
	flags.Func("framing", "", func(s string) error { return ch.inputs.Framing.UnmarshalText([]byte(s)) })
	return flags
}

func parseCheck(c console, args []string) (*check, error) {
	ch := &check{}
	files, err := ch.arguments().parse(args)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, usagef("name an extractor, such as extractors/hsl_hfp.sql")
	}
	ch.sql, ch.inputs.Paths, ch.inputs.Stdin = files[0], files[1:], c.in
	ch.inputs.Blank = func(name string) { fmt.Fprintln(c.err, name, "is empty: there is no record in it") }
	stdin := slices.Contains(files, "-")
	switch {
	case ch.sql == "-":
		return nil, usagef("the extractor must be a file; only records can come from standard input")
	case ch.old != "" && len(ch.inputs.Paths) == 0:
		return nil, usagef("--diff needs records to compare by")
	case ch.old != "" && ch.json:
		return nil, usagef("--diff and --json do not go together")
	case stdin && (ch.watch || ch.old != ""):
		return nil, usagef("standard input can be read only once, so it goes with neither --watch nor --diff")
	}
	return ch, nil
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
		if err == nil {
			fmt.Fprintln(notes, totals)
		}
		return err
	}
	fmt.Fprintln(out, extractor)
	if len(ch.inputs.Paths) == 0 {
		fmt.Fprintln(out, "no records were given, so none were run")
		return nil
	}
	return showRun(ctx, extractor, ch.inputs, out)
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

func showRun(ctx context.Context, extractor *workbench.Extractor, inputs workbench.Inputs, out io.Writer) error {
	text, statistics := workbench.NewText(out), workbench.NewStatistics()
	totals, err := extractor.Run(ctx, inputs, text, statistics)
	if flushed := text.Flush(); err == nil {
		err = flushed
	}
	if err != nil {
		return err
	}
	if layout, ok := statistics.Layout(); ok {
		fmt.Fprintln(out)
		if err := statistics.Write(out); err != nil {
			return err
		}
		dataset := extractor.Program.Dataset()
		fmt.Fprintf(out, "\n%s\n", layout.Advice(dataset.Layout))
	}
	_, err = fmt.Fprintln(out, totals)
	if hint := totals.Hint(inputs); hint != "" && err == nil {
		_, err = fmt.Fprintln(out, hint)
	}
	return err
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
