package fleet

import (
	"bytes"
	"os"
	"testing"
	"time"
)

// sample returns a fixed piece of telemetry as lines of JSON: 40 seconds of four wagons of a fleet, one
// in each of four trains. The first comes out of a tunnel, and sends what it has stored; its bearings
// get hot. The second sets off from a yard, the third, with a broken sensor, is parked, and the fourth
// brakes before a signal.
func sample() []byte {
	start := time.Date(2026, 11, 23, 5, 30, 0, 0, time.UTC)
	f := New(1, 32, start)
	chosen := map[string]bool{}
	for _, c := range []struct {
		wagon int
		scene func(second) bool // is seen twelve seconds after the start
	}{
		{3, func(s second) bool { return s.stored > 0 && s.out == 0 }},
		{11, func(s second) bool { return s.start }},
		{22, func(s second) bool { return s.state == parking && s.weighed > 0 }},
		{27, func(s second) bool { return s.state == moving && s.braking }},
	} {
		w := f.wagons[c.wagon]
		chosen[w.number] = true
		for i, s := range w.train.timetable.seconds {
			if c.scene(s) {
				w.train.shift = int64(i) - (start.Unix() + 12 - epoch)
				break
			}
		}
	}
	var lines []byte
	f.Advance(start.Add(40*time.Second), func(key string, record []byte) {
		if chosen[key] {
			lines = append(append(lines, record...), '\n')
		}
	})
	return lines
}

// The committed sample is what the generator makes.
func TestSample(t *testing.T) {
	const file = "../../extractors/testdata/wagon_telemetry/wagons.ndjson"
	got := sample()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the generator makes: run go test ./internal/fleet -update, and work its expected.txt "+
			"out again", file)
	}
}
