package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/railtwin/digitaltwin/internal/client"
)

// watcher is what "twin watch" has shown, and knows of the twin.
type watcher struct {
	api      *client.Client
	path     string     // of all readings that are watched
	query    url.Values // of that path
	changes  url.Values // that select the same changes
	pages    map[string]*page
	shown    map[string]map[string]shown // readings by component and metric
	out      *list
	notes    io.Writer
	begun    bool   // it is known whether there is a change feed
	cursor   string // of the change feed; "" where there is none
	complete bool   // everything was read since
}

// shown is a reading as it was shown last.
type shown struct{ entry, eventTime string }

func (w *watching) newWatcher(c console, api *client.Client) *watcher {
	path, query := client.TwinQuery(w.component)
	if w.component == "" {
		query = url.Values{"limit": {strconv.Itoa(pageSize)}}
	}
	r := &watcher{
		api: api, path: path, query: query, changes: url.Values{},
		pages: map[string]*page{}, shown: map[string]map[string]shown{}, notes: c.err,
		out: newList(c.out, *w.format, readingColumns(true)...),
	}
	w.chosen.parameters(r.changes)
	w.chosen.parameters(r.query)
	if w.component != "" {
		r.changes.Set("component", w.component)
	}
	r.out.lines = true
	return r
}

// round shows what has changed since the last one.
func (r *watcher) round(ctx context.Context) error {
	if !r.begun {
		if err := r.begin(ctx); err != nil {
			return err
		}
	}
	if r.cursor != "" && r.complete {
		return r.follow(ctx)
	}
	if err := r.ask(ctx); err != nil {
		return err
	}
	r.complete = true
	return r.show()
}

// page is a page of readings as it was last sent.
type page struct {
	tag      string
	Readings []json.RawMessage
	Cursor   string // of the next page; "" on the last one
}

// ask brings pages, which are kept by their cursors, up to date. Those that are as they were are not sent.
func (r *watcher) ask(ctx context.Context) error {
	seen := map[string]bool{}
	for cursor := ""; ; {
		seen[cursor] = true
		query := maps.Clone(r.query)
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		request := client.Request{Path: r.path, Header: http.Header{}}
		if len(query) > 0 {
			request.Path += "?" + query.Encode()
		}
		known := r.pages[cursor]
		if known != nil && known.tag != "" {
			request.Header.Set("If-None-Match", known.tag)
		}
		a, err := r.api.Do(ctx, request)
		if err != nil {
			return err
		}
		if a.Status != http.StatusNotModified {
			known = &page{tag: a.Header.Get("ETag")}
			if err := json.Unmarshal(a.Body, known); err != nil {
				return fmt.Errorf("this is not the answer of a twin: %w", err)
			}
			r.pages[cursor] = known
		}
		if cursor = known.Cursor; cursor == "" || seen[cursor] {
			break
		}
	}
	maps.DeleteFunc(r.pages, func(cursor string, _ *page) bool { return !seen[cursor] })
	return nil
}

// show writes the readings of pages that are not as they were shown last.
func (r *watcher) show() error {
	for cursor := ""; r.pages[cursor] != nil; cursor = r.pages[cursor].Cursor {
		if err := r.showAll(r.pages[cursor].Readings, false); err != nil {
			return err
		}
		if r.pages[cursor].Cursor == "" {
			break
		}
	}
	return r.out.flush()
}

// showAll writes readings that are not as they were shown last. Of changes, which may come again, those are left out
// that are older.
func (r *watcher) showAll(readings []json.RawMessage, changes bool) error {
	now := time.Now()
	for _, entry := range readings {
		cells, err := readingRow(entry, now)
		if err != nil {
			return err
		}
		component, metric, eventTime := cells[0], cells[1], cells[6]
		last := r.shown[component][metric]
		if last.entry == string(entry) || changes && last.eventTime > eventTime {
			continue
		}
		if r.shown[component] == nil {
			r.shown[component] = map[string]shown{}
		}
		r.shown[component][metric] = shown{string(entry), eventTime}
		if err := r.out.add(entry, cells...); err != nil {
			return err
		}
	}
	return nil
}
