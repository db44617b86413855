package operate

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// The bounds of one listing: a call has seconds, and a month of rejects may have millions.
const (
	listFiles   = 500
	listRejects = 20_000
	listGroups  = 1_000
	listTime    = 10 * time.Second
)

// Group is rejects that are alike: by their first problem.
type Group struct {
	Dataset string      `json:"dataset"`
	Reason  twin.Reason `json:"reason"`
	Column  string      `json:"column"`
	Like    string      `json:"like"` // what is wrong with each of them, see [rejects.Like]
	Count   int64       `json:"count"`
	First   twin.Millis `json:"first,omitempty"` // arrival
	Last    twin.Millis `json:"last,omitempty"`
	Example string      `json:"example"` // the id of one of them
	Detail  string      `json:"detail"`  // what is wrong with that one
	Again   int64       `json:"again"`   // of Count: those that a replay has rejected again
}

// Listing is a page of groups. The pages of one listing are to be added up.
type Listing struct {
	Groups  []Group `json:"groups"`
	Files   int     `json:"files"`
	Rejects int64   `json:"rejects"`
	Records []Entry `json:"records,omitempty"` // the first of them, where they are asked for
	Cursor  string  `json:"cursor,omitempty"`  // of the next page; empty at the end
}

// Entry is one reject of a listing, without its record.
type Entry struct {
	ID         string      `json:"id"`
	Dataset    string      `json:"dataset"`
	Reason     twin.Reason `json:"reason"`
	Column     string      `json:"column"`
	Detail     string      `json:"detail"`              // of its first problem
	Component  string      `json:"component,omitempty"` // the one that it is of, as far as that is known
	ReceivedAt twin.Millis `json:"receivedAt,omitempty"`
	Shard      string      `json:"shard,omitempty"`
	Sequence   string      `json:"sequence,omitempty"`
}

// maxEntries is how many rejects a listing shows one by one.
const maxEntries = 500

// listing is what a call asks for.
type listing struct {
	Request  // dataset, window, reason, column
	cursor   string
	all      bool // also what was replayed
	records  int  // how many to show one by one
	caller   access.Caller
	datasets []twin.Dataset
	namer    *namer
}

// list reads files of rejects until it has read enough of them.
func (s *Service) list(ctx context.Context, l *listing) (*Listing, error) {
	names, all := s.listed(l)
	from, to := l.window()
	query := FileQuery{Datasets: names, From: from, To: to, After: l.cursor, Limit: filesAtOnce}
	out, groups := &Listing{Groups: []Group{}}, map[Group]*Group{}
	until := s.Now().Add(listTime)
	for out.Cursor == "" {
		files, err := s.Rejects.Files(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			if out.Files >= listFiles || out.Rejects >= listRejects || len(groups) >= listGroups || s.Now().After(until) {
				out.Cursor = query.After
				break
			}
			if err := s.listFile(ctx, l, name, names, all, out, groups); err != nil {
				return nil, err
			}
			query.After = name
		}
		if len(files) < filesAtOnce {
			break
		}
	}
	for _, g := range groups {
		out.Groups = append(out.Groups, *g)
	}
	slices.SortFunc(out.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), -cmp.Compare(a.Count, b.Count), cmp.Compare(a.Reason, b.Reason),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Like, b.Like))
	})
	return out, nil
}

// listed are the datasets of a listing, and whether rejects of any other, or of none, are in it too.
func (s *Service) listed(l *listing) (names []string, all bool) {
	if l.Dataset != "" {
		return []string{l.Dataset}, false
	}
	for _, d := range l.datasets {
		if s.operates(l.caller, d.Name) {
			names = append(names, d.Name)
		}
	}
	return names, s.operatesAll(l.caller, l.datasets)
}

// listFile adds the rejects of a file.
func (s *Service) listFile(ctx context.Context, l *listing, name string, datasets []string, all bool, out *Listing,
	groups map[Group]*Group) error {
	o, err := s.open(ctx, name)
	if err != nil || o == nil {
		return err
	}
	out.Files++
	if o.mark.Replayed != "" && !l.all {
		return nil
	}
	run := Run{Request: l.Request}
	for i := range o.list {
		r := &o.list[i]
		run.Dataset = r.Dataset
		if (all || slices.Contains(datasets, r.Dataset)) && run.selects(r) {
			out.Rejects++
			addTo(groups, r, name, i)
			if len(out.Records) < l.records {
				e := entryOf(r, name, i)
				if e.Component, err = l.namer.component(ctx, r); err != nil {
					return err
				}
				out.Records = append(out.Records, e)
			}
		}
	}
	return nil
}

func addTo(groups map[Group]*Group, r *twin.Reject, file string, line int) {
	key := Group{Dataset: r.Dataset, Reason: r.Reason(), Column: columnOf(r), Like: rejects.Like(detailOf(r))}
	g := groups[key]
	if g == nil {
		one := key
		g = &one
		g.First, g.Last, g.Example, g.Detail = r.ReceivedAt, r.ReceivedAt, rejectID(r, file, line), detailOf(r)
		groups[key] = g
	}
	g.Count++
	if r.Run != "" {
		g.Again++
	}
	if at := r.ReceivedAt; at != 0 {
		g.First, g.Last = min(cmp.Or(g.First, at), at), max(g.Last, at)
	}
}

func entryOf(r *twin.Reject, file string, line int) Entry {
	return Entry{
		ID: rejectID(r, file, line), Dataset: r.Dataset, Reason: r.Reason(), Column: columnOf(r), Detail: detailOf(r),
		ReceivedAt: r.ReceivedAt, Shard: r.Position.Shard, Sequence: r.Position.Sequence,
	}
}

// rejectID is the id of a reject: its dataset, the day of its file, a hash of the file's name, and the line. Nothing in
// it is part of a path: the file is looked for among those of the day.
func rejectID(r *twin.Reject, file string, line int) string {
	return fmt.Sprintf("%s:%s:%s:%d", r.Dataset, rejects.DayOf(file), fileHash(file), line+1)
}

func fileHash(file string) string {
	sum := sha256.Sum256([]byte(file))
	return hex.EncodeToString(sum[:6])
}

// findReject returns a reject by its id, nil where there is none.
func (s *Service) findReject(ctx context.Context, id string) (*twin.Reject, Mark, error) {
	parts := strings.Split(id, ":")
	n := len(parts)
	if n < 4 {
		return nil, Mark{}, nil
	}
	dataset := strings.Join(parts[:n-3], ":")
	day, err := time.Parse(rejects.DayForm, parts[n-3])
	line, bad := strconv.Atoi(parts[n-1])
	if err != nil || bad != nil || line < 1 {
		return nil, Mark{}, nil
	}
	query := FileQuery{From: twin.MillisOf(day), To: twin.MillisOf(day.AddDate(0, 0, 1)), Limit: filesAtOnce}
	if dataset != "" {
		query.Datasets = []string{dataset}
	}
	for {
		files, err := s.Rejects.Files(ctx, query)
		if err != nil {
			return nil, Mark{}, err
		}
		for _, name := range files {
			if fileHash(name) != parts[n-2] {
				continue
			}
			o, err := s.open(ctx, name)
			if err != nil || o == nil || line > len(o.list) || o.list[line-1].Dataset != dataset {
				return nil, Mark{}, err
			}
			return &o.list[line-1], o.mark, nil
		}
		if len(files) < filesAtOnce {
			return nil, Mark{}, nil
		}
		query.After = files[len(files)-1]
	}
}
