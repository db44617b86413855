package swap

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// task brings readings into one item.
type task struct {
	key    Key
	item   *store.Item    // the dataset's policy
	offers []packed.Entry // by metric
	result []slot         // of each offer

	at         *Item // as it was read; nil where it is to be read
	consistent bool  // it was, or is to be, read consistently
	older      *Older
	floor      twin.Millis    // that the item gets at least
	share      int            // that it gets if it is made
	kept       []packed.Entry // what of the stored stays; set when it is to be split

	verdicts []packed.Verdict
	parent   *task // the task that moves its readings here
	waiting  int   // parts that its readings are still moved to
	broken   bool  // one of them could not be written
	split    bool  // it is to be split, whatever is offered
	cuts     []packed.Place
}

// slot takes the result of an offer. There is none for a reading that is only moved here from the part it was in.
type slot struct {
	*store.Result
	same   bool          // it replaces one of the same rank, so it ends as the same
	former *packed.Entry // what it replaces, which stays where it is refused; for one whose item is being split
}

// step is what a task needs next.
type step uint8

const (
	none     step = iota // it has failed
	finished             // nothing
	read                 // its item, again
	first                // what older forms hold
	write                // a swap
	move                 // its parts first, see batch.move
)

// judge compares what is offered with what is there, and says what to do. The state that is to be written is in next.
func (t *task) judge(b *batch) (next step, state packed.State) {
	if !t.at.Exists && t.key.Part == 0 && t.older == nil {
		return first, state
	}
	stored, floor := t.at.Block.Entries, max(t.at.Floor, t.floor, b.list.Floor(t.key.Component))
	if t.older != nil {
		stored, floor = packed.Join(stored, t.older.Entries), max(floor, t.older.Floor)
	}
	t.verdicts = slices.Grow(t.verdicts[:0], len(t.offers))[:len(t.offers)]
	packed.Offer(stored, t.offers, floor, t.verdicts)
	joins := !t.at.Exists && t.older != nil && (len(t.older.Entries) > 0 || t.older.Floor != packed.NoFloor)
	switch wins := t.count(packed.Wins, packed.Replaces); {
	case wins == 0 && !t.split && !joins:
		if t.count(packed.Loses) > 0 && !t.consistent { // what was seen may be long gone
			return t.again(), state
		}
		t.settle()
		return finished, state
	case t.split && !t.consistent:
		return t.again(), state
	}
	state = packed.State{Floor: floor, Expiry: t.at.Expiry, Block: packed.Block{Share: t.at.Block.Share}}
	if !t.at.Exists {
		state.Block.Share = t.share
	}
	stored = packed.Above(stored, max(floor, t.item.Tidy(b.now)))
	state.Block.Entries = packed.Join(stored, t.winners())
	size, room := state.Block.Size(), packed.Room(t.key.Component, t.key.Dataset)
	if size <= room {
		return t.whole(state)
	}
	t.cuts = nil
	if !packed.Deepest(t.key.Part) {
		t.cuts = packed.Cut(state.Block.Entries, t.item.Places, room, state.Block.Parts())
	}
	switch {
	case t.cuts == nil && size <= packed.MaxPart:
		return t.whole(state)
	case !t.consistent:
		return t.again(), state
	case t.cuts != nil:
		t.kept = stored
		return move, state
	case t.refuse(stored):
		return t.judge(b)
	}
	return t.whole(state)
}

// whole says what to do with a state that is not to be split.
func (t *task) whole(state packed.State) (step, packed.State) {
	if t.split { // it has become smaller meanwhile
		return finished, state
	}
	state.Expire(t.item.ExpireAfter)
	return write, state
}

// again makes the item be read once more, consistently.
func (t *task) again() step {
	t.at, t.consistent, t.older = nil, true, nil
	return read
}

// count counts the offers with one of the verdicts.
func (t *task) count(verdicts ...packed.Verdict) (n int) {
	for _, v := range t.verdicts {
		if slices.Contains(verdicts, v) {
			n++
		}
	}
	return n
}

// winners returns the offers that are to be stored.
func (t *task) winners() []packed.Entry {
	if t.count(packed.Wins, packed.Replaces) == len(t.offers) {
		return t.offers
	}
	winners := make([]packed.Entry, 0, len(t.offers))
	for i, v := range t.verdicts {
		if v == packed.Wins || v == packed.Replaces {
			winners = append(winners, t.offers[i])
		}
	}
	return winners
}

// refuse takes out the offers for which there is no room, one by one in their order, and reports whether there were
// some. What takes no more room than before is not refused, nor is what is only moved here; where it was to replace
// something, that stays.
func (t *task) refuse(stored []packed.Entry) (refused bool) {
	kept := packed.Block{Share: packed.MaxParts, Entries: stored}
	size := kept.Size()
	offers, result := t.offers[:0:0], t.result[:0:0]
	for i, v := range t.verdicts {
		o, s := t.offers[i], t.result[i]
		if v == packed.Wins || v == packed.Replaces {
			with := packed.Block{Share: packed.MaxParts, Entries: packed.Join(kept.Entries, []packed.Entry{o})}
			if n := with.Size(); n > packed.MaxPart && n > size && s.Result != nil {
				refused = true
				*s.Result = store.Result{Outcome: store.Refused, Reason: twin.TooLarge, Detail: fmt.Sprintf(
					"the component has all the parts that a dataset may keep for one, and this one would have %d bytes with it, "+
						"more than %d", n, packed.MaxPart)}
				if s.former == nil {
					continue
				}
				o, s = *s.former, slot{}
				with.Entries = packed.Join(kept.Entries, []packed.Entry{o})
			}
			kept, size = with, with.Size()
		}
		offers, result = append(offers, o), append(result, s)
	}
	t.offers, t.result = offers, result
	return refused
}

// settle gives the offers their results, once what is written is written, or nothing is to be.
func (t *task) settle() {
	for i, v := range t.verdicts {
		t.result[i].settle(v)
	}
}

// settleLosers gives those offers their results that are not to be written, after a consistent read.
func (t *task) settleLosers() {
	for i, v := range t.verdicts {
		if v != packed.Wins && v != packed.Replaces {
			t.result[i].settle(v)
		}
	}
}

func (s slot) settle(v packed.Verdict) {
	switch {
	case s.Result == nil:
	case v == packed.Wins && !s.same:
		s.Outcome = store.Applied
	case v == packed.Wins, v == packed.Replaces, v == packed.Equal:
		s.Outcome = store.Same
	default:
		s.Outcome = store.Late
	}
}

// fail ends a task: by a permanent error it is refused, by any other it stays unfinished.
func (t *task) fail(err error) error {
	if t.parent != nil {
		t.parent.broken = true
	}
	var permanent *PermanentError
	if !errors.As(err, &permanent) {
		return fmt.Errorf("swap: part %d of %s, %s: %w", t.key.Part, t.key.Component, t.key.Dataset, err)
	}
	for _, r := range t.result {
		if r.Result != nil {
			*r.Result = store.Result{Outcome: store.Refused, Reason: permanent.Reason, Detail: permanent.Detail}
		}
	}
	return nil
}

// errStale is said of an item that was not made.
func errStale(until time.Time) error {
	return fmt.Errorf("the forget list could not be read again since %s, and without it no new item is made",
		until.UTC().Format(time.RFC3339))
}
