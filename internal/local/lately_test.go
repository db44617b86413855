package local

import (
	"testing"
	"time"
)

// Ensure that what came in is counted by minute and second, and that what is older than an hour is gone.
func TestLately(t *testing.T) {
	var l lately
	begin := time.Unix(1_800_000_000, 0)
	for s := range 2 * 3600 {
		l.add(Tally{Records: 2, Changes: 6, Late: 1}, begin.Add(time.Duration(s)*time.Second))
	}
	now := begin.Add(2 * time.Hour)
	if r := l.rate(now, begin); r != 2 {
		t.Errorf("%v records a second", r)
	}
	d := dataset{standing: &standing{counter: counter{lately: l}}}
	a := d.activity(now, begin)
	if n := len(a.Minutes); n != 60 || a.LastRecord == nil || a.LastRecord.String() != "2027-01-15T09:59:59.000Z" {
		t.Errorf("%d minutes, last %v", n, a.LastRecord)
	}
	for i, m := range a.Minutes[:59] {
		if m.Records != 120 || m.Changes != 360 || m.Late != 60 {
			t.Errorf("minute %d: %+v", i, m)
		}
	}
	silent := d.activity(now.Add(30*time.Minute), begin)
	if silent.RecordsPerSecond != 0 || silent.Minutes[0].Records != 120 || silent.Minutes[59].Records != 0 {
		t.Errorf("%v, %v", silent.Minutes[0], silent.Minutes[59])
	}
	if r := (&lately{}).rate(begin, begin); r != 0 {
		t.Errorf("nothing: %v", r)
	}
}
