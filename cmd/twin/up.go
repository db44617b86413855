package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/flink"
	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

const (
	defaultListen = "127.0.0.1:8080"
	defaultWagons = 40 // five trains: they are never all in tunnels
	maxWagons     = 100_000
	stateFile     = "twin.db"
)

var upCommand = &command{
	name:    "up",
	args:    "[--listen ADDRESS] [--data DIR] [--wagons N] [--feed DATASET=FILE]... [--extractors DIR] [--once] [--flink]",
	summary: "runs the whole twin on this machine",
	details: `Runs every extractor, the store and the API in one process, until Ctrl-C. Freight wagons are
generated live, one record a second each; of the other datasets a recorded capture is replayed again
and again, with its times moved to now. The state is kept in DIR/` + stateFile + ` from run to run.

  --listen ADDRESS     a loopback address, without authentication; ` + defaultListen + ` without it
  --data DIR           where the state is kept; .twin without it
  --wagons N           how many wagons; ` + fmt.Sprint(defaultWagons) + ` without it, 0 for none
  --feed DATASET=FILE  replays FILE instead (can be repeated): a .json file is one record, of any
                       other file a line is one
  --extractors DIR     serves the extractors DIR/*.sql with the captures DIR/testdata/DATASET/*,
                       instead of those that were built into the program
  --once               sends captures and files once, with the times that they were recorded with
  --flink              also runs the extractors that need Apache Flink, each in a JVM of its own; it needs
                       Java 17 and Maven, and builds the runner at the first time. Captures and files
                       are sent to them once

Records can also be posted, one or with ?framing=lines one a line; /dev/rejects shows what could not
be used:

  curl --data-binary @record.json http://` + defaultListen + `/dev/records/DATASET
  curl http://` + defaultListen + `/dev/rejects
`,
	run: runUp,
}

// up is what the arguments of "twin up" ask for.
type up struct {
	listen, data, extractors string
	flink                    bool
	sources                  local.Sources
}

func (u *up) arguments() arguments {
	flags := newArguments()
	flags.StringVar(&u.listen, "listen", defaultListen, "")
	flags.StringVar(&u.data, "data", ".twin", "")
	flags.StringVar(&u.extractors, "extractors", "", "")
	flags.IntVar(&u.sources.Wagons, "wagons", defaultWagons, "")
	flags.BoolVar(&u.sources.Once, "once", false, "")
	flags.BoolVar(&u.flink, "flink", false, "")
	u.sources.Files = make(map[string][]string)
	flags.Func("feed", "", func(s string) error {
		dataset, file, ok := strings.Cut(s, "=")
		if !ok || dataset == "" || file == "" {
			return fmt.Errorf("it should be DATASET=FILE")
		}
		u.sources.Files[dataset] = append(u.sources.Files[dataset], file)
		return nil
	})
	return flags
}

func runUp(ctx context.Context, c console, args []string) error {
	var u up
	others, err := u.arguments().parse(args)
	switch {
	case err != nil:
		return err
	case len(others) > 0:
		return usagef("%q is no flag, and other arguments are not taken", others[0])
	case u.sources.Wagons < 0 || u.sources.Wagons > maxWagons:
		return usagef("--wagons must be from 0 to %d", maxWagons)
	}
	e, err := u.compile(c.err)
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
	state, err := u.open()
	if err != nil {
		listener.Close()
		return err
	}
	screen := newScreen(c.out)
	log := slog.New(slog.NewTextHandler(screen.above(c.err), nil))
	t, err := u.twin(ctx, e, runner, state, log)
	if err != nil {
		listener.Close()
		state.Close()
		return err
	}
	for dataset, list := range feeds {
		for _, f := range list {
			t.Add(dataset, f)
		}
	}
	u.greet(c.out, listener.Addr(), t, e.Foreign)
	return t.Run(ctx, func(ctx context.Context) error {
		stop := screen.show(t.Status)
		defer stop()
		return local.Serve(ctx, listener, t.Handler(), log)
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
	u.sources.Samples = library.Samples
	e = library.Compile()
	for _, b := range e.Broken {
		fmt.Fprintf(notes, "%v\n%s is left out\n\n", b.Err, b.Dataset)
	}
	switch {
	case len(e.Programs) > 0 || u.flink && len(e.Foreign) > 0:
		return e, nil
	case len(e.Foreign) > 0:
		d := e.Foreign[0].Clauses[0]
		return e, fmt.Errorf("nothing to serve without Flink: %s:%d:%d: %s; run with --flink", d.File, d.Line, d.Column, d.Message)
	}
	return e, fmt.Errorf("no extractor compiles, so there is nothing to serve")
}

// twin opens the twin. The catalogue keeps the datasets that are not served this time.
func (u *up) twin(ctx context.Context, e local.Compiled, runner flink.Runner, state *bolt.Store, log *slog.Logger) (*local.Twin, error) {
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
		fmt.Fprintf(notes, "building the runner of extractors on Flink, this once: it takes a minute or two\n\n")
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
			return nil, usagef("--feed names dataset %q; there are %s", dataset, strings.Join(names, ", "))
		}
	}
	return feeds, nil
}

// open opens the state, and makes its folder.
func (u *up) open() (*bolt.Store, error) {
	if err := os.MkdirAll(u.data, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder of the state: %w; choose another one with --data DIR", err)
	}
	return bolt.Open(filepath.Join(u.data, stateFile), nil)
}

// greet says where the twin is and what can be done with it.
func (u *up) greet(w io.Writer, address net.Addr, t *local.Twin, foreign []local.Foreign) {
	fmt.Fprintf(w, "twin at http://%s, state in %s; Ctrl-C ends it\n\n", address, filepath.Join(u.data, stateFile))
	fmt.Fprintf(w, "  curl 'http://%s/v1/components?limit=5'\n", address)
	fmt.Fprintf(w, "  curl 'http://%s/v1/readings?metrics=position&limit=3'\n\n", address)
	rows := make(map[string]string)
	for _, s := range t.Status() {
		if rows[s.Dataset] = s.Feed; s.Feed == "" {
			rows[s.Dataset] = "nothing yet: POST /dev/records/" + s.Dataset
		}
	}
	if !u.flink {
		for _, f := range foreign {
			rows[f.Dataset.Name] = "not served, for it needs Flink: run with --flink"
		}
	}
	feeds := tabular.New(w, 0, tabular.Column{Heading: "DATASET"}, tabular.Column{Heading: "FEED"})
	for _, dataset := range slices.Sorted(maps.Keys(rows)) {
		feeds.Row(dataset, rows[dataset])
	}
	feeds.Flush()
	fmt.Fprintln(w)
}
