package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/extractors/canary"
	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/flink"
	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

const (
	defaultListen = "127.0.0.1:8080"
	defaultWagons = 40 // five trains
	maxWagons     = 100_000
	stateFile     = "twin.db"
	operationsDir = "operations" // rejects, runs, and the audit log
)

// up is what the arguments of "twin up" ask for.
type up struct {
	listen, data, extractors   string
	origins                    []string
	flink, watch, auth, canary bool
	sources                    local.Sources
	restriction                restriction
}

func newUp(c console) *cobra.Command {
	u := &up{}
	u.sources.Files = make(map[string][]string)
	cmd := &cobra.Command{
		Use:   "up",
		Short: "runs the whole twin on this machine",
		Long: `Runs every extractor, the store and the API in one process, until Ctrl-C. Freight wagons are
generated live, one record a second each; of the other datasets a recorded capture is replayed again
and again, with its times moved to now. The state is kept in DIR/` + stateFile + ` from run to run.

It shows for each dataset how many records come in, and what became of their changes:
  APPLIED      became the newest reading
  LATE         lost to a newer reading that was stored before
  SUPERSEDED   lost to a newer change of their own batch
  SAME         are stored already: duplicates
  REJECTS      records that could not be used, or not in full, and changes that were refused
  NOTHING      records that gave neither a change nor a reject
GET /dev/status has the same numbers, and GET /dev/rejects the newest rejects with their reasons.

Records can be posted too: one, or with ?framing=lines one a line. The answer says what became of
each of them, once they are stored.`,
		Example: `
  curl --data-binary @record.json http://` + defaultListen + `/dev/records/DATASET
  curl http://` + defaultListen + `/dev/rejects`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return usagef("unexpected argument %q: there are only flags", args[0])
			case u.sources.Wagons < 0 || u.sources.Wagons > maxWagons:
				return usagef("--wagons must be from 0 to %d", maxWagons)
			case u.watch && u.extractors == "":
				return usagef("--watch needs --extractors DIR: those built into the program do not change")
			}
			if err := u.restriction.check(u.auth); err != nil {
				return err
			}
			return u.run(cmd.Context(), c)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&u.listen, "listen", defaultListen,
		"`ADDRESS` of this machine's loopback")
	flags.StringVar(&u.data, "data", ".twin", "`DIR` where the state is kept")
	flags.IntVar(&u.sources.Wagons, "wagons", defaultWagons, "number `N` of wagons, 0 for none")
	flags.Func("feed", "replay FILE instead, as `DATASET=FILE`; can be repeated. What source.json beside it "+
		"says counts, see docs/sql.md", u.addFeed)
	flags.StringVar(&u.extractors, "extractors", "", "serve the extractors `DIR`/*.sql with the captures "+
		"DIR/testdata/DATASET/*, instead of those built into the program")
	flags.BoolVar(&u.watch, "watch", false, "take up new and changed extractors, samples and feeds of --extractors DIR; "+
		"what is broken leaves the last good version running")
	flags.BoolVar(&u.sources.Once, "once", false,
		"send captures and files once, with the times that they were recorded with")
	flags.Func("cors", "web pages of `ORIGIN` may read the API, such as http://localhost:3000, or * for all; "+
		"can be repeated", u.addOrigin)
	flags.BoolVar(&u.auth, "auth", false,
		"let the API ask for access tokens, as on AWS, and give them out. Who may get one "+
			"is in DIR/auth.json, which is made with a machine and a person in it")
	u.restriction.flags(flags)
	flags.BoolVar(&u.canary, "canary", false, "also serve the dataset "+canary.Dataset+
		", by which 'twin smoke' sees that readings arrive")
	flags.BoolVar(&u.flink, "flink", false, "also run the extractors that need Apache Flink, each in a JVM of "+
		"its own, with captures and files sent once. It needs Java 17 and Maven, and builds the runner once")
	return cmd
}

func (u *up) addFeed(s string) error {
	dataset, file, ok := strings.Cut(s, "=")
	if !ok || dataset == "" || file == "" {
		return errors.New("it must be DATASET=FILE")
	}
	u.sources.Files[dataset] = append(u.sources.Files[dataset], file)
	return nil
}

func (u *up) addOrigin(s string) error {
	o, err := url.Parse(s)
	if s != "*" && (err != nil || o.Host == "" || o.Scheme+"://"+o.Host != s) {
		return errors.New("it must be an origin such as http://localhost:3000, without a path or a / at its end, or *")
	}
	u.origins = append(u.origins, s)
	return nil
}

func (u *up) run(ctx context.Context, c console) error {
	screen := newScreen(c.out)
	notes := screen.above(c.err)
	watch := local.NewWatch(u.extractors, u.sources, func(text string) { fmt.Fprintln(notes, text) })
	e, err := u.compile(c.err)
	if err != nil {
		return err
	}
	watch.Sources = u.sources
	rules, err := u.restriction.rules(u.known(e), c.err)
	if err != nil {
		return err
	}
	runner, err := u.runner(ctx, e.Foreign, c.err)
	if err != nil {
		return err
	}
	feeds, err := u.feeds(e, c.err)
	if err != nil {
		return err
	}
	listener, err := local.Listen(ctx, u.listen)
	if err != nil {
		return err
	}
	state, err := openState(u.data)
	if err != nil {
		listener.Close()
		return err
	}
	var auth *local.Auth
	if u.auth {
		if auth, err = local.OpenAuth(u.data, "http://"+listener.Addr().String()); err != nil {
			listener.Close()
			state.Close()
			return fmt.Errorf("--auth: %w", err)
		}
	}
	log := slog.New(slog.NewTextHandler(notes, nil))
	t, err := u.twin(ctx, e, runner, state, log)
	if err == nil {
		err = t.Operate(ctx, filepath.Join(u.data, operationsDir))
	}
	if err != nil {
		listener.Close()
		state.Close()
		return err
	}
	u.restriction.restrict(t, rules)
	for dataset, list := range feeds {
		for _, f := range list {
			t.Add(dataset, f)
		}
	}
	if auth != nil {
		t.Require(auth)
	}
	u.greet(c.out, listener.Addr(), t, e.Foreign, auth)
	return t.Run(ctx, func(ctx context.Context) error {
		if u.watch {
			go watch.Run(ctx, t)
		}
		stop := screen.show(t.Status)
		defer stop()
		return local.Serve(ctx, listener, t.Handler(u.origins...), log)
	})
}

// compile compiles the extractors and shows what is wrong with those that do not compile.
func (u *up) compile(notes io.Writer) (e local.Compiled, err error) {
	library := local.Embedded()
	if u.extractors != "" {
		if library, err = local.Directory(u.extractors); err != nil {
			return e, err
		}
	}
	if u.canary {
		library.Extractors = append(library.Extractors, canary.Extractor())
	}
	u.sources.Samples = library.Samples
	e = library.Compile()
	for _, b := range e.Broken {
		fmt.Fprintf(notes, "%v\n%s is not served\n\n", b.Err, b.Dataset)
	}
	switch {
	case len(e.Programs) > 0 || u.flink && len(e.Foreign) > 0:
		return e, nil
	case len(e.Foreign) > 0:
		d := e.Foreign[0].Clauses[0]
		return e, fmt.Errorf("nothing to serve without Flink: %s:%d:%d: %s; run with --flink",
			d.File, d.Line, d.Column, d.Message)
	}
	return e, fmt.Errorf("no extractor compiles: nothing to serve")
}

// known returns the names of datasets that grants may have: those of extractors that were chosen for this run may not
// be all that a file is for.
func (u *up) known(e local.Compiled) access.Known {
	var datasets []string
	if u.extractors == "" {
		for _, p := range e.Programs {
			datasets = append(datasets, p.Dataset().Name)
		}
		for _, f := range e.Foreign {
			datasets = append(datasets, f.Dataset.Name)
		}
		for _, b := range e.Broken {
			datasets = append(datasets, b.Dataset)
		}
	}
	return access.Known{Datasets: datasets}
}

// twin opens the twin. The catalogue keeps the datasets that are not served this time.
func (u *up) twin(
	ctx context.Context, e local.Compiled, runner flink.Runner, state *bolt.Store, log *slog.Logger,
) (*local.Twin, error) {
	var keep []string
	for _, b := range e.Broken {
		keep = append(keep, b.Dataset)
	}
	for _, f := range e.Foreign {
		keep = append(keep, f.Dataset.Name)
	}
	t, err := local.Open(ctx, e.Programs, keep, state, log)
	if err != nil || !u.flink {
		return t, err
	}
	for _, f := range e.Foreign {
		if err := t.Host(ctx, f, runner); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// runner builds what runs extractors on Flink, where that is asked for and needed.
func (u *up) runner(ctx context.Context, foreign []local.Foreign, notes io.Writer) (flink.Runner, error) {
	if !u.flink || len(foreign) == 0 {
		return flink.Runner{}, nil
	}
	if !flink.Project.Built() {
		fmt.Fprintf(notes, "building the runner of extractors on Flink: it takes a minute or two, once\n\n")
	}
	runner, err := flink.Build(ctx)
	if err != nil {
		return runner, fmt.Errorf("--flink: %w", err)
	}
	return runner, nil
}

// feeds makes the feeds of every dataset. A file that was asked for must be good; a capture that is not
// is only said to be left out.
func (u *up) feeds(e local.Compiled, notes io.Writer) (map[string][]local.Feed, error) {
	feeds := make(map[string][]local.Feed)
	programs := make(map[string]*extract.Program)
	for _, p := range e.Programs {
		programs[p.Dataset().Name] = p
	}
	if u.flink {
		for _, f := range e.Foreign {
			programs[f.Dataset.Name] = nil
		}
	}
	names := slices.Sorted(maps.Keys(programs))
	for _, name := range names {
		list, err := u.sources.Feeds(name, programs[name])
		if err != nil && u.sources.Files[name] != nil {
			return nil, err
		}
		if err != nil {
			fmt.Fprintf(notes, "%s has no feed: %v\n\n", name, err)
		}
		feeds[name] = list
	}
	for dataset := range u.sources.Files {
		if !slices.Contains(names, dataset) {
			return nil, usagef("--feed: there is no dataset %q. There are %s", dataset, strings.Join(names, ", "))
		}
	}
	return feeds, nil
}
