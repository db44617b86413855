package local

import (
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// What an answer lists: the first records, and of the others the first with a reject. All of them are counted.
const (
	listedRecords = 1000
	listedRejects = 100
)

// post is a body of records on its way through the extractor and the store. The methods that count do nothing where
// it is nil: nobody waits for the records of a feed.
type post struct {
	mu      sync.Mutex
	open    int           // parcels on their way, and one while more may come
	done    chan struct{} // closed when there are none
	lost    bool          // changes of a parcel were given up
	total   Tally
	listed  map[int]*outcome
	rejects int // records above listedRecords that are listed
}

// outcome is what became of one record.
type outcome struct {
	Tally
	twin.Findings
}

func newPost() *post {
	return &post{open: 1, done: make(chan struct{}), listed: make(map[int]*outcome)}
}

// sent says that a parcel of p is on its way, and finished that one is stored or given up, or that none follows.
func (p *post) sent() {
	if p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.open++
	}
}

func (p *post) finished(stored bool) {
	if p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.lost = p.lost || !stored
		if p.open--; p.open == 0 {
			close(p.done)
		}
	}
}

// of returns the outcome of a record, nil where it is not listed. The caller holds p.mu.
func (p *post) of(record int, rejected bool) *outcome {
	o := p.listed[record]
	switch {
	case o != nil:
	case record <= listedRecords:
		o = &outcome{}
		p.listed[record] = o
	case rejected && p.rejects < listedRejects:
		p.rejects++
		o = &outcome{}
		p.listed[record] = o
	}
	return o
}

// count counts what the extractor made of a record.
func (p *post) count(record int, t Tally) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total.Add(t)
	if o := p.of(record, t.Rejected > 0); o != nil {
		o.Add(t)
	}
}

// reject lists what is wrong with the record at a position, or with a change of it.
func (p *post) reject(position twin.Position, found twin.Findings) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.of(recordAt(position), true)
	if o == nil {
		return
	}
	for _, problem := range found.Problems {
		o.Note(problem)
	}
	o.More += found.More
}

// applied counts what the store made of a change.
func (p *post) applied(c *twin.Change, result store.Outcome) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total.count(result)
	if o := p.of(recordAt(c.Position), false); o != nil {
		o.count(result)
	}
}

// recordAt returns the number of the record that an intake has given this position.
func recordAt(p twin.Position) int {
	n, _ := strconv.Atoi(p.Sequence)
	return n
}

// answer is what became of posted records.
type answer struct {
	Dataset string `json:"dataset"`
	Tally
	Results  []result `json:"results"`  // of the records that are listed, in order
	Unlisted int64    `json:"unlisted"` // records that are only counted
	Warnings []string `json:"warnings,omitempty"`
}

// result is what became of one record.
type result struct {
	Record      int         `json:"record"` // from 1
	Changes     int64       `json:"changes,omitempty"`
	Applied     int64       `json:"applied,omitempty"`
	Late        int64       `json:"late,omitempty"`
	Superseded  int64       `json:"superseded,omitempty"`
	Same        int64       `json:"same,omitempty"`
	Dropped     int64       `json:"dropped,omitempty"`
	Nothing     bool        `json:"nothing,omitempty"`
	Rejects     []problemOf `json:"rejects,omitempty"`
	MoreRejects int         `json:"moreRejects,omitempty"` // beyond those
}

// answer returns the answer for what has been counted. The error says that not all of it is stored.
func (p *post) answer(dataset string) (*answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lost {
		return nil, errEnding
	}
	a := &answer{Dataset: dataset, Tally: p.total, Results: []result{}}
	a.Unlisted = a.Records - int64(len(p.listed))
	for _, record := range slices.Sorted(maps.Keys(p.listed)) {
		o := p.listed[record]
		a.Results = append(a.Results, result{
			Record: record, Changes: o.Changes, Applied: o.Applied, Late: o.Late, Superseded: o.Superseded,
			Same: o.Same, Dropped: o.Dropped, Nothing: o.Nothing > 0,
			Rejects: problemsOf(o.Problems), MoreRejects: o.More,
		})
	}
	return a, nil
}
