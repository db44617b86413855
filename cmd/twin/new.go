package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/railtwin/digitaltwin/internal/infer"
	"github.com/railtwin/digitaltwin/internal/infer/sample"
	"github.com/railtwin/digitaltwin/internal/scaffold"
)

// newDataset is what the arguments of one "twin new" ask for.
type newDataset struct {
	from              []string
	options           infer.Options
	yes, force, print bool
	dir               string
}

func newNew(c console) *cobra.Command {
	n := &newDataset{}
	cmd := &cobra.Command{
		Use:   "new DATASET --from SAMPLE...",
		Short: "writes an extractor out of samples of a provider",
		Long: `Writes an extractor out of samples: files of JSON, JSON lines, GeoJSON or CSV, which may be compressed
with gzip; - is standard input. It finds out which field names a component, when the readings were
measured, their units, how often they come, and how records are framed, and writes

  DATASET.sql               the extractor, commented; the comments say what was found, and why
  testdata/DATASET/         the samples
  testdata/DATASET.txtar    what the extractor makes of them, for go test

into extractors/ of a clone, or into the current folder of any other module. The extractor compiles and
delivers: that is checked before anything is written. A file that is there is not written over.

Where two fields are about as likely it asks. Without a terminal it says what it would ask, and which flag
answers it, and writes nothing, unless --yes takes the likeliest.`,
		Example: `
  twin new greenhouse --from greenhouse.ndjson
  twin new greenhouse --from greenhouse.ndjson --component greenhouse:house --time sentAt
  curl -s https://example.org/stations.json | twin new stations --from - --yes`,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := n.arguments(args); err != nil {
				return err
			}
			return n.run(c)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&n.from, "from", nil, "a file of `SAMPLE`s; more may follow, and the flag may be repeated")
	flags.StringVar(&n.options.Component, "component", "",
		"what names a component: `[KIND:]FIELD[,FIELD...]`, such as station:data.stations[].id")
	flags.StringVar(&n.options.Time, "time", "", "the `FIELD` with the event time, such as measuredAt")
	flags.StringVar(&n.options.Zone, "zone", "", "the `ZONE` of times that state none, such as Europe/Zurich")
	flags.StringVar(&n.options.Interval, "interval", "",
		"how often a component reports: `TIME`, such as '10 s', or none")
	flags.BoolVar(&n.yes, "yes", false, "ask nothing, and take what is likeliest")
	flags.BoolVar(&n.print, "print", false, "print the extractor, and write no file")
	flags.BoolVar(&n.force, "force", false, "write over files that are there")
	flags.StringVar(&n.dir, "dir", ".", "the `FOLDER` of the module to write into")
	return cmd
}

var datasetName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// arguments takes the arguments that are no flags.
func (n *newDataset) arguments(args []string) error {
	switch {
	case len(args) == 0:
		return usagef("name the dataset, such as greenhouse")
	case !datasetName.MatchString(args[0]):
		return usagef("%q is no name of a dataset: lower-case letters, digits and _, the first a letter", args[0])
	case len(n.from) == 0:
		return usagef("name a sample: --from records.json")
	}
	n.options.Dataset, n.from = args[0], append(n.from, args[1:]...)
	if n.options.Zone != "" {
		if _, err := time.LoadLocation(n.options.Zone); err != nil {
			return usagef("unknown zone %q: it is an IANA name, such as Europe/Zurich", n.options.Zone)
		}
	}
	return nil
}

func (n *newDataset) run(c console) error {
	files, err := sample.Read(n.from, c.in)
	if err != nil {
		return err
	}
	asks := !n.yes && isTerminal(c.in) && !slices.Contains(n.from, "-")
	if asks {
		in := bufio.NewReader(c.in)
		n.options.Ask = func(q infer.Question) (int, error) { return ask(in, c.err, q) }
	}
	draft, err := infer.Infer(files, n.options)
	if err != nil {
		return err
	}
	result, err := draft.Check(files)
	if err != nil {
		return err
	}
	if len(draft.Open) > 0 && !n.yes && !asks {
		return unanswered(c, draft)
	}
	if n.print {
		_, err := c.out.Write(draft.SQL)
		return err
	}
	place, err := scaffold.Find(n.dir)
	if err != nil {
		return err
	}
	written, err := scaffold.Files(place, draft, files, result)
	if err != nil {
		return err
	}
	if err := scaffold.Write(written, n.force); err != nil {
		return err
	}
	n.report(c.out, place, draft, files, result, written)
	return nil
}

func isTerminal(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// ask shows the candidates, and reads a number. An empty line takes the first.
func ask(in *bufio.Reader, out io.Writer, q infer.Question) (int, error) {
	fmt.Fprintf(out, "%s\n", q.Text)
	for i, candidate := range q.Candidates {
		fmt.Fprintf(out, "  %d  %s\n", i+1, candidate)
	}
	for {
		fmt.Fprintf(out, "1 to %d (1): ", len(q.Candidates))
		line, err := in.ReadString('\n')
		if line = strings.TrimSpace(line); err == nil && line == "" {
			return 0, nil
		}
		if n, failure := strconv.Atoi(line); failure == nil && n >= 1 && n <= len(q.Candidates) {
			return n - 1, nil
		}
		if err != nil {
			return 0, errors.New("no answer, so nothing is written; " + q.Flag + " answers it")
		}
	}
}

// unanswered says what would be asked at a terminal.
func unanswered(c console, draft *infer.Draft) error {
	for _, q := range draft.Open {
		fmt.Fprintf(c.err, "%s %s answers it:\n", q.Text, q.Flag)
		for _, candidate := range q.Candidates {
			fmt.Fprintf(c.err, "  %s\n", candidate)
		}
	}
	return errors.New("nothing is written: add the flags above, or --yes, which takes the first of each")
}

// report says what was written and what it delivers, and what comes next.
func (n *newDataset) report(
	out io.Writer, place scaffold.Place, draft *infer.Draft, files []*sample.File, result *infer.Result,
	written []scaffold.File,
) {
	for _, f := range written {
		fmt.Fprintln(out, "wrote", f.Path)
	}
	fmt.Fprintf(out, "\n%d readings of %s from %s, %d rejects\n", result.Rows, several(result.Components, "component"),
		several(len(result.Records), "record"), result.Rejects)
	for _, f := range files {
		if f.Cut {
			fmt.Fprintf(out, "only the first %d records of %s were looked at\n", len(f.Records), f.Name())
		}
	}
	for _, q := range draft.Open {
		fmt.Fprintf(out, "took %s for %s; check it\n", q.Candidates[0].Label, q.Flag)
	}
	charset := ""
	if name := scaffold.Charset(files[0]); name != "" {
		charset = fmt.Sprintf(", %q: %q", "charset", name)
	}
	if place.Clone {
		fmt.Fprintf(out, "\nIn cdk.json, under datasets of an environment:\n  %q: { \"producers\": \"account\"%s }\n",
			draft.Dataset, charset)
	} else {
		fmt.Fprintf(out, "\nIn the CDK app, with the file embedded as sql:\n  constructs.PipelineExtractorProps{"+
			"Core: core, Dataset: %q, SQL: sql, Source: constructs.NewStream(1)}\n", draft.Dataset)
	}
	fmt.Fprintf(out, "Look at it:\n  twin check %s %s\n", written[0].Path, written[1].Path)
}

func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
