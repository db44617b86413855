package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/client"
)

// watching is what the arguments of one "twin watch" ask for.
type watching struct {
	chosen
	component string
	every     time.Duration
	format    *format
	twin      *target
}

const (
	usualEvery = 5 * time.Second
	leastEvery = time.Second
)

func newWatch(c console) *cobra.Command {
	w := &watching{}
	cmd := &cobra.Command{
		Use:   "watch [COMPONENT]",
		Short: "shows readings of a running twin, and again when they change",
		Long: `Shows the newest readings of a component, or of many components as 'twin list readings' does, and from then on
each that has changed, until Ctrl-C. The twin is asked again and again; a page that has not changed is not sent again.
A change that is followed by another one before the next question is not seen, and neither is that a reading
goes. JSON is a reading a line. While the twin does not answer, it is tried again.`,
		Example: `
  twin watch wagon:31-80-2742-785-1
  twin watch --metrics position,speed --prefix wagon:31- --every 2s --output json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := w.arguments(args); err != nil {
				return err
			}
			api, err := w.twin.open()
			if err != nil {
				return err
			}
			return w.run(cmd.Context(), c, api)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	w.chosen.flags(flags, "only these")
	flags.DurationVar(&w.every, "every", usualEvery, "ask again after a `TIME` such as 2s or 1m")
	w.format = addFormat(cmd)
	w.twin = addTarget(cmd)
	w.chosen.complete(cmd, w.twin)
	complete(cmd, "every", "1s", "5s", "1m")
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return w.twin.components(cmd, args, begun), cobra.ShellCompDirectiveNoFileComp
	}
	return cmd
}

func (w *watching) arguments(args []string) error {
	switch {
	case len(args) > 1:
		return usagef("unexpected argument %q: name one component, and metrics by --metrics", args[1])
	case len(args) == 1 && (w.dataset != "" || w.prefix != ""):
		return usagef("a component is watched whole or by --metrics: leave --dataset and --prefix out")
	case len(args) == 1 && args[0] == "":
		return usagef("a name must not be empty")
	case w.every < leastEvery:
		return usagef("--every must be %s or longer", leastEvery)
	}
	if len(args) == 1 {
		w.component = args[0]
	}
	return nil
}

// page is a page of readings as it was last sent.
type page struct {
	tag      string
	Readings []json.RawMessage
	Cursor   string // of the next page; "" on the last one
}

// run shows readings until ctx ends.
func (w *watching) run(ctx context.Context, c console, api *client.Client) error {
	path, query := client.TwinQuery(w.component)
	if w.component == "" {
		query = url.Values{"limit": {strconv.Itoa(pageSize)}}
	}
	w.chosen.parameters(query)
	out := newList(c.out, *w.format, readingColumns(true)...)
	out.lines = true
	pages, shown := map[string]*page{}, map[string]string{}
	for n := 0; ; n++ {
		err := w.ask(ctx, api, path, query, pages)
		switch problem, ok := errors.AsType[*client.Problem](err); {
		case ctx.Err() != nil:
			return nil
		case ok && problem.NoSuch() && n == 0:
			return fmt.Errorf("%s%s", problem.Text(), w.suggest(ctx, api))
		case err != nil && (n == 0 || ok && problem.Status < 500 && problem.Status != http.StatusTooManyRequests):
			return err
		case err != nil:
			fmt.Fprintf(c.err, "%s: trying again: %v\n", time.Now().Format(time.TimeOnly), err)
		default:
			if err := show(out, pages, shown); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(w.every):
		}
	}
}

func (w *watching) suggest(ctx context.Context, api *client.Client) string {
	if w.component == "" {
		return suggestDataset(ctx, api, w.dataset)
	}
	return suggest(ctx, api, w.component, "")
}

// ask brings pages, which are kept by their cursors, up to date. Those that are as they were are not sent.
func (w *watching) ask(
	ctx context.Context, api *client.Client, path string, query url.Values, pages map[string]*page,
) error {
	seen := map[string]bool{}
	for cursor := ""; ; {
		seen[cursor] = true
		r := client.Request{Path: path, Header: http.Header{}}
		if query.Del("cursor"); cursor != "" {
			query.Set("cursor", cursor)
		}
		if len(query) > 0 {
			r.Path += "?" + query.Encode()
		}
		known := pages[cursor]
		if known != nil && known.tag != "" {
			r.Header.Set("If-None-Match", known.tag)
		}
		a, err := api.Do(ctx, r)
		if err != nil {
			return err
		}
		if a.Status != http.StatusNotModified {
			known = &page{tag: a.Header.Get("ETag")}
			if err := json.Unmarshal(a.Body, known); err != nil {
				return fmt.Errorf("this is not the answer of a twin: %w", err)
			}
			pages[cursor] = known
		}
		if cursor = known.Cursor; cursor == "" || seen[cursor] {
			break
		}
	}
	for cursor := range pages {
		if !seen[cursor] {
			delete(pages, cursor)
		}
	}
	return nil
}

// show writes the readings that are not as they were shown last.
func show(out *list, pages map[string]*page, shown map[string]string) error {
	now := time.Now()
	for cursor := ""; pages[cursor] != nil; cursor = pages[cursor].Cursor {
		for _, entry := range pages[cursor].Readings {
			cells, err := readingRow(entry, now)
			if err != nil {
				return err
			}
			name := cells[0] + "\x00" + cells[1]
			if shown[name] == string(entry) {
				continue
			}
			shown[name] = string(entry)
			if err := out.add(entry, cells...); err != nil {
				return err
			}
		}
		if pages[cursor].Cursor == "" {
			break
		}
	}
	return out.flush()
}
