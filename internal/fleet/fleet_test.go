package fleet

import (
	"bytes"
	"encoding/json"
	"flag"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the sample of extractors/testdata")

// telemetry is what the tests read of a record.
type telemetry struct {
	Header struct {
		MessageID          string
		Generated          bool
		MeasuredAt, SentAt time.Time
	}
	Wagon  struct{ ID string }
	Train  *struct{ Number string }
	Motion struct {
		State               string
		SpeedKmh, MileageKm float64
	}
	Position struct {
		Fix      string
		Lat, Lon *float64
	}
	Axles []struct {
		N            int
		BearingTempC *float64
	}
	Brake *struct{ PipePressureBar float64 }
	Load  struct {
		State     string
		MassT     float64
		WeighedAt time.Time
	}
	Battery *struct{ Soc int }
	Shock   *struct{ X float64 }
}

func read(t *testing.T, record []byte) (r telemetry) {
	t.Helper()
	if err := json.Unmarshal(record, &r); err != nil {
		t.Fatalf("%v in %s", err, record)
	}
	return r
}

func run(t *testing.T, f *Fleet, until time.Time) (records []telemetry) {
	t.Helper()
	f.Advance(until, func(key string, record []byte) {
		r := read(t, record)
		if r.Wagon.ID != key || !r.Header.Generated {
			t.Fatalf("key %q of %s", key, record)
		}
		records = append(records, r)
	})
	return records
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// A fleet that is made again later goes on as the first one would have: the same bytes.
func TestAdvanceDependsOnTimeOnly(t *testing.T) {
	var first, second bytes.Buffer
	a := New(7, 20, noon)
	a.Advance(noon.Add(10*time.Minute), func(string, []byte) {})
	a.Advance(noon.Add(10*time.Minute+5*time.Second), func(key string, r []byte) { first.Write(r) })
	b := New(7, 20, noon.Add(10*time.Minute))
	b.Advance(noon.Add(10*time.Minute+5*time.Second), func(key string, r []byte) { second.Write(r) })
	if first.Len() == 0 || first.String() != second.String() {
		t.Errorf("%d and %d bytes, not the same", first.Len(), second.Len())
	}
	other := New(8, 20, noon)
	other.Advance(noon.Add(time.Second), func(key string, r []byte) {
		if bytes.Contains(first.Bytes(), []byte(key)) {
			t.Errorf("another seed has the same wagon %s", key)
		}
	})
}

// Whenever a fleet begins, each wagon is known at once: by its first record, or by its last one before a tunnel.
func TestBefore(t *testing.T) {
	const wagons = 40
	dark := 0
	for hour := range 24 {
		start := noon.Add(time.Duration(hour) * time.Hour)
		f, seen := New(1, wagons, start), map[string]bool{}
		f.Before(func(key string, record []byte) {
			if r := read(t, record); !r.Header.SentAt.Before(start) {
				t.Errorf("%s: a record of %v from before %v", key, r.Header.SentAt, start)
			}
			seen[key] = true
			dark++
		})
		f.Advance(start.Add(time.Second), func(key string, _ []byte) { seen[key] = true })
		if len(seen) != wagons {
			t.Errorf("%v: %d of %d wagons are known", start, len(seen), wagons)
		}
	}
	if dark == 0 {
		t.Error("no wagon was in a tunnel")
	}
}

// A whole cycle of a train: no second of any wagon is lost, in spite of tunnels, and everything stays plausible.
func TestCycle(t *testing.T) {
	const wagons, seconds = 8, 8000     // more than a cycle of the first train
	seen := map[string]map[int64]bool{} // by wagon: the seconds it has measured
	mileage, newest := map[string]float64{}, map[string]time.Time{}
	var late, twice, hot, broken, silent, braked, shocks, batteries, parked, loads int
	ids := map[string]bool{}
	for _, r := range run(t, New(1, wagons, noon), noon.Add(seconds*time.Second)) {
		id, at := r.Wagon.ID, r.Header.MeasuredAt
		if seen[id] == nil {
			seen[id] = map[int64]bool{}
		}
		if ids[r.Header.MessageID] {
			twice++
			continue
		}
		ids[r.Header.MessageID] = true
		seen[id][at.Unix()] = true
		if r.Header.SentAt.Before(at) || !r.Header.SentAt.Before(noon.Add(seconds*time.Second)) {
			t.Fatalf("measured at %v, sent at %v", at, r.Header.SentAt)
		}
		if at.Before(newest[id]) {
			late++
			if r.Position.Fix != "none" || r.Position.Lat != nil {
				t.Fatalf("a fix in the tunnel: %+v", r)
			}
		} else {
			if r.Motion.MileageKm < mileage[id] {
				t.Fatalf("%s has %v km after %v", id, r.Motion.MileageKm, mileage[id])
			}
			newest[id], mileage[id] = at, r.Motion.MileageKm
		}
		if r.Motion.SpeedKmh < 0 || r.Motion.SpeedKmh > 101 ||
			(r.Motion.State != "moving") != (r.Motion.SpeedKmh == 0) && r.Motion.SpeedKmh > 4 {
			t.Fatalf("%s at %v km/h", r.Motion.State, r.Motion.SpeedKmh)
		}
		if (r.Train == nil) != (r.Motion.State == "parking") {
			t.Fatalf("%s in train %v", r.Motion.State, r.Train)
		}
		if r.Train == nil {
			parked++
		}
		for _, a := range r.Axles {
			switch {
			case a.BearingTempC == nil:
				silent++
			case *a.BearingTempC == noSensor:
				broken++
			case *a.BearingTempC < 0 || *a.BearingTempC > 140:
				t.Fatalf("a bearing of %v Cel", *a.BearingTempC)
			case *a.BearingTempC > 80:
				hot++
			}
		}
		if r.Brake != nil && r.Brake.PipePressureBar < 4.5 && r.Motion.State == "moving" {
			braked++
		}
		if r.Load.WeighedAt.After(at) || (r.Load.State == "loaded") != (r.Load.MassT > 0) {
			t.Fatalf("load %+v at %v", r.Load, at)
		}
		if r.Load.MassT > 0 {
			loads++
		}
		if r.Shock != nil {
			shocks++
		}
		if r.Battery != nil {
			batteries++
		}
	}
	if len(seen) != wagons {
		t.Fatalf("%d wagons, want %d", len(seen), wagons)
	}
	for id, s := range seen {
		first, last := int64(1<<62), int64(0)
		for at := range s {
			first, last = min(first, at), max(last, at)
		}
		if int64(len(s)) != last-first+1 {
			t.Errorf("%s measured %d seconds from %d to %d: some are lost", id, len(s), first, last)
		}
	}
	for what, n := range map[string]int{
		"late": late, "sent twice": twice, "hot": hot, "broken": broken, "silent": silent, "braked": braked,
		"shocks": shocks, "batteries": batteries, "parked": parked, "loaded": loads,
	} {
		if n == 0 {
			t.Errorf("nothing is %s in a cycle", what)
		}
	}
}

// The numbers are valid, and written as operators do. The first two are of real and of synthetic wagons.
func TestCheckDigit(t *testing.T) {
	for number, want := range map[string]rune{"33802742528": 3, "37807846123": 3, "31857961204": 1, "91854820033": 9} {
		if got := checkDigit(number); got != want {
			t.Errorf("check digit of %s is %d, want %d", number, got, want)
		}
	}
	numbers := map[string]bool{}
	for _, w := range New(3, 4000, noon).wagons {
		if len(w.number) != len("31 85 7961 204-1") {
			t.Fatalf("number %q", w.number)
		}
		digits := strings.NewReplacer(" ", "", "-", "").Replace(w.number)
		if len(digits) != 12 || '0'+checkDigit(digits[:11]) != rune(digits[11]) {
			t.Errorf("number %q has a wrong check digit", w.number)
		}
		numbers[w.number] = true
	}
	if len(numbers) != 4000 {
		t.Errorf("%d numbers for 4000 wagons", len(numbers))
	}
}

func BenchmarkAdvance(b *testing.B) {
	f := New(1, 40, noon)
	now, records := noon, 0
	for b.Loop() {
		now = now.Add(time.Second)
		f.Advance(now, func(string, []byte) { records++ })
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
}
