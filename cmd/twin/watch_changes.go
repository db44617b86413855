package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"

	"github.com/railtwin/digitaltwin/internal/client"
)

const changesPath = "/v1/changes"

// followFor is how long the twin waits for a change before it answers, in seconds.
const followFor = "25"

// changed is an answer of the change feed.
type changed struct {
	Gap       *struct{ From, To string }
	Forgotten []struct{ Component, Before string }
	Changes   []json.RawMessage
	Cursor    string
}

// begin looks whether the twin has a change feed, and where it is now.
func (r *watcher) begin(ctx context.Context) error {
	var now changed
	err := r.api.Call(ctx, http.MethodGet, changesPath+"?"+r.changes.Encode(), nil, &now)
	if problem, ok := errors.AsType[*client.Problem](err); ok && hasNone(problem) {
		err = nil
	}
	r.begun, r.cursor = err == nil, now.Cursor
	return err
}

// hasNone reports whether a problem says that there is no change feed: by a twin without one, one before there were
// any, or the gateway of such a one, which refuses what it does not know.
func hasNone(p *client.Problem) bool {
	return p.Status == http.StatusForbidden || p.Status == http.StatusNotFound && !p.NoSuch()
}

// follow waits for changes and shows them.
func (r *watcher) follow(ctx context.Context) error {
	query := url.Values{"after": {r.cursor}, "wait": {followFor}}
	maps.Copy(query, r.changes)
	var new changed
	err := r.api.Call(ctx, http.MethodGet, changesPath+"?"+query.Encode(), nil, &new)
	if problem, ok := errors.AsType[*client.Problem](err); ok &&
		(hasNone(problem) || problem.Status == http.StatusBadRequest) {
		r.begun, r.complete = false, false // the twin was started anew as another one
		return nil
	}
	if err != nil {
		return err
	}
	if new.Gap != nil {
		fmt.Fprintf(r.notes, "some changes between %s and %s were missed: everything is read again\n", new.Gap.From,
			new.Gap.To)
		r.complete = false
	}
	for _, gone := range new.Forgotten {
		if r.shown[gone.Component] != nil {
			fmt.Fprintf(r.notes, "%s: readings up to %s were forgotten, or have expired\n", gone.Component, gone.Before)
			delete(r.shown, gone.Component)
		}
	}
	r.cursor = new.Cursor
	if err := r.showAll(new.Changes, true); err != nil {
		return err
	}
	return r.out.flush()
}
