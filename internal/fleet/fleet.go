// Package fleet generates the telemetry of freight wagons, for demonstrations and tests.
//
// A [Fleet] is a pure function of its seed and of time: what a wagon measures in a second depends on
// nothing else. A fleet that is made again tomorrow has the same wagons, and they are where they would
// have been. Trains go between real yards, through real tunnels; wagons have valid UIC numbers; bearings
// warm with the speed, and one of them runs hot; loads change in the yards; keys are missing where a unit
// has no such sensor or nothing to say. In a tunnel there is no coverage: the unit stores what it measures
// and sends it afterwards in bursts, the current record before the old ones. Now and then a record is sent
// twice. Every record says that it is generated.
//
// The records have the shape that extractors/wagon_telemetry.sql declares.
package fleet

import (
	"math/rand/v2"
	"time"
)

// Fleet is a number of wagons with one unit each. Use [New]. It is not safe for concurrent use.
type Fleet struct {
	seed   uint64
	wagons []*wagon
	next   int64 // the second that Advance begins with, Unix time
	buf    []byte
}

const (
	trainLength = 8  // wagons in a train
	burst       = 20 // stored records that a unit sends in a second
	resendOneIn = 200
)

// New returns a fleet of n wagons, at most 4,000 so that each has a number of its own. Its first records
// are of the second in which start lies.
func New(seed uint64, n int, start time.Time) *Fleet {
	f := &Fleet{seed: seed, next: start.Unix()}
	tables := make([]*timetable, len(routes))
	for i := range routes {
		tables[i] = newTimetable(&routes[i])
	}
	random := rand.New(rand.NewPCG(seed, 0))
	var tr *train
	for i := range n {
		if i%trainLength == 0 {
			table := tables[i/trainLength%len(tables)]
			tr = &train{timetable: table, number: 40000 + 2*random.IntN(5000), shift: random.Int64N(int64(len(table.seconds)))}
		}
		f.wagons = append(f.wagons, newWagon(random, i, tr))
	}
	return f
}

// Advance calls send for every record that the units have sent before the second of now, in that order.
// The key is the number of the wagon. The bytes of record are valid until send returns.
func (f *Fleet) Advance(now time.Time, send func(key string, record []byte)) {
	for ; f.next < now.Unix(); f.next++ {
		for _, w := range f.wagons {
			f.sendAll(w, f.next, send)
		}
	}
}

// Before calls send for the last record of each unit that is in a tunnel when Advance begins: what a receiver that
// begins then has missed. Without it such a wagon is unknown until it leaves the tunnel.
func (f *Fleet) Before(send func(key string, record []byte)) {
	for _, w := range f.wagons {
		if s, _ := w.train.at(f.next); s.dark > 0 {
			heard := f.next - int64(s.dark)
			f.send(w, heard, heard, send)
		}
	}
}

// sendAll sends what the unit of w sends in one second: nothing in a tunnel; else the current record,
// and after a tunnel a burst of the stored ones, oldest first.
func (f *Fleet) sendAll(w *wagon, second int64, send func(key string, record []byte)) {
	s, _ := w.train.at(second)
	if s.dark > 0 {
		return
	}
	f.send(w, second, second, send)
	entered := second - int64(s.out) - int64(s.stored)
	for i := int64(s.out) * burst; i < min(int64(s.out+1)*burst, int64(s.stored)); i++ {
		f.send(w, entered+i, second, send)
	}
}

func (f *Fleet) send(w *wagon, measured, sent int64, send func(key string, record []byte)) {
	random := rand.New(rand.NewPCG(f.seed^uint64(w.index+1)<<32, uint64(measured)))
	f.buf = w.appendRecord(f.buf[:0], random, measured, sent)
	send(w.number, f.buf)
	if random.IntN(resendOneIn) == 0 {
		send(w.number, f.buf)
	}
}
