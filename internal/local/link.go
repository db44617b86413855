package local

import (
	"context"
	"errors"

	"github.com/railtwin/digitaltwin/internal/stream"
)

// link is the stream in this process: a queue between the intakes and the store. Where the store is slower, intakes
// wait.
type link struct {
	parcels chan parcel
	done    chan struct{}
}

// parcel is the records of the stream that an intake sends at once, and who waits for what becomes of them.
type parcel struct {
	records []stream.Record
	post    *post // nil for a feed
}

// linkCapacity is how many parcels wait at most.
const linkCapacity = 8

// errEnding is why a twin takes no more records.
var errEnding = errors.New("the twin is shutting down")

func newLink() *link {
	return &link{parcels: make(chan parcel, linkCapacity), done: make(chan struct{})}
}

// put sends copies of records.
func (l *link) put(ctx context.Context, records []stream.Record, p *post) error {
	if len(records) == 0 {
		return nil
	}
	size := 0
	for _, r := range records {
		size += len(r.Data)
	}
	memory := make([]byte, 0, size) // a Packer reuses its own
	copies := make([]stream.Record, len(records))
	for i, r := range records {
		start := len(memory)
		memory = append(memory, r.Data...)
		r.Data = memory[start:len(memory):len(memory)]
		copies[i] = r
	}
	p.sent()
	select {
	case l.parcels <- parcel{copies, p}:
		return nil
	case <-l.done:
		p.finished(false)
		return errEnding
	case <-ctx.Done():
		p.finished(false)
		return context.Cause(ctx)
	}
}

// receive waits for a parcel and returns it with others that are there already, until they hold enough records. It
// returns none once the link is closed and empty.
func (l *link) receive(enough int) (parcels []parcel) {
	records := 0
	for {
		select {
		case p := <-l.parcels:
			if parcels, records = append(parcels, p), records+len(p.records); records >= enough {
				return parcels
			}
			continue
		default:
		}
		if len(parcels) > 0 {
			return parcels
		}
		select {
		case p := <-l.parcels:
			parcels, records = append(parcels, p), len(p.records)
		case <-l.done:
			select { // one may have been put while the link was closed
			case p := <-l.parcels:
				return []parcel{p}
			default:
				return nil
			}
		}
	}
}

// close ends the link: what is in it can still be received.
func (l *link) close() { close(l.done) }
