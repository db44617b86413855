package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/workbench"
)

// defaultRows is how many rows of each kind are shown.
const defaultRows = 20

// check is what the arguments of one "twin check" ask for.
type check struct {
	json, watch, strict bool
	rows                int
	old                 string
	sql                 []string
	inputs              workbench.Inputs
}

func newCheck(c console) *cobra.Command {
	ch := &check{}
	cmd := &cobra.Command{
		Use:   "check FILE.sql... [RECORDS...]",
		Short: "compiles an extractor and runs it over records",
		Long: `Compiles extractors and runs them over files of records; - is standard input. Files may be
compressed with gzip. Whether a file is one record or holds one a line is told from how it looks: a
JSON text over several lines is one record. The file source.json beside a file of records can set it,
and the charset: {"framing": "lines", "charset": "windows-1252"}; flags come first.

It shows what the records gave, what is likely wrong with the words that cure it, statistics of each
metric, what a record costs to store, and the first changes, rejects and dropped rows (--rows).
Warnings are guesses by how the records look: a key that is declared and in no record, keys that no
table reads, a wrong framing or charset, a second shape of records, event times far off, and more.
What is wrong with the SQL goes to standard error, with file:line:column and a caret.

The exit status is 0 where every extractor compiles and, if there are records, delivers a change of
them; also where some records are rejected or give nothing, or a warning is shown. It is 1 where an
extractor does not compile, a file cannot be read, or not one record gave a change; with --strict
also where a record is rejected or gives nothing. It is 2 where the command line is wrong.

With --json there is one object a line: {"change":{...},"record":"FILE:LINE"},
{"reject":{"reason":...,"record":...}}, {"dropped":{"record":...,"metric":...,"null":COLUMN}} and
{"nothing":{"record":...}}; after the records {"finding":{"kind":...,"text":...,"cure":...}} for each
warning and {"summary":{"records":...,"changes":...,"rejects":{REASON:N},"nothing":...,"dropped":{COLUMN:N}}}.`,
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
	flags.Func("framing", "`HOW` records are framed: lines (a line is a record), plain (a file is one) or gzip "+
		"(compressed lines). Default: what source.json beside them says, or else as they look",
		func(s string) error { return ch.inputs.Source.Framing.UnmarshalText([]byte(s)) })
	flags.StringVar(&ch.inputs.Source.Charset, "charset", "",
		"the `NAME` of the charset of the records, such as windows-1252")
	flags.IntVar(&ch.rows, "rows", defaultRows, "show the first `N` changes, rejects and dropped rows each")
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
	records := slices.IndexFunc(files, func(file string) bool { return file == "-" || filepath.Ext(file) != ".sql" })
	switch records {
	case -1:
		records = len(files)
	case 0:
		records = 1 // whatever it is called
	}
	ch.sql, ch.inputs.Paths, ch.inputs.Stdin = files[:records], files[records:], c.in
	ch.inputs.Blank = func(name string) { fmt.Fprintln(c.err, name, "is empty: there is no record in it") }
	stdin := slices.Contains(files, "-")
	switch {
	case ch.sql[0] == "-":
		return usagef("the extractor must be a file; only records can come from standard input")
	case ch.rows < 0:
		return usagef("--rows must be 0 or more")
	case len(ch.sql) > 1 && ch.old != "":
		return usagef("--diff compares two extractors: name one beside it")
	case len(ch.sql) > 1 && stdin:
		return usagef("standard input can be read only once, so name one extractor")
	case ch.old != "" && len(ch.inputs.Paths) == 0:
		return usagef("--diff needs records to compare by")
	case ch.old != "" && ch.json:
		return usagef("--diff and --json do not go together")
	case stdin && (ch.watch || ch.old != ""):
		return usagef("standard input can be read only once, so it goes with neither --watch nor --diff")
	}
	if err := ch.inputs.Source.Check(); err != nil {
		return usagef("%v", err)
	}
	return nil
}

// once compiles and runs each extractor, and shows diagnostics on standard error. The first failure is returned once
// all have been checked.
func (ch *check) once(ctx context.Context, c console) error {
	out := bufio.NewWriterSize(c.out, 64<<10)
	var failure error
	for i, sql := range ch.sql {
		if i > 0 && !ch.json {
			fmt.Fprintln(out)
		}
		err := ch.report(ctx, sql, out, c.err)
		if flushed := out.Flush(); err == nil {
			err = flushed
		}
		if list, ok := errors.AsType[diag.List](err); ok {
			fmt.Fprintln(c.err, list)
			err = errShown
		}
		if failure == nil || errors.Is(failure, errShown) && !errors.Is(err, errShown) && err != nil {
			failure = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return failure
}

func (ch *check) report(ctx context.Context, sql string, out io.Writer, notes io.Writer) error {
	extractor, err := open(sql, notes)
	if err != nil {
		return err
	}
	if ch.old != "" {
		return ch.diff(ctx, extractor, out, notes)
	}
	if ch.json {
		report := workbench.NewJSON(out)
		totals, err := extractor.Run(ctx, ch.inputs, report)
		if err == nil {
			err = report.Totals(&totals)
		}
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
	totals, err := ch.show(ctx, extractor, out)
	if err != nil {
		return err
	}
	return ch.judge(totals)
}

// judge returns a failure where the totals, which are shown, are not good enough.
func (ch *check) judge(t workbench.Totals) error {
	switch {
	case len(ch.inputs.Paths) == 0:
		return nil
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

// show runs the records, and shows the summary first.
func (ch *check) show(ctx context.Context, extractor *workbench.Extractor, out io.Writer) (workbench.Totals, error) {
	rows, statistics := workbench.NewRows(ch.rows), workbench.NewStatistics(extractor.Program.Dataset())
	totals, err := extractor.Run(ctx, ch.inputs, rows, statistics)
	if err != nil {
		return totals, err
	}
	if err := totals.Write(out); err != nil {
		return totals, err
	}
	if cost, ok := statistics.Cost(); ok {
		fmt.Fprintln(out)
		if err := statistics.Write(out); err != nil {
			return totals, err
		}
		fmt.Fprintf(out, "\n%s\n", cost)
	}
	return totals, rows.Write(out)
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
	_, err = fmt.Fprintf(out, "%s: %s\n%s: %s\n%d %s\n", ch.old, was, ch.sql[0], is, len(differences), what)
	return err
}
