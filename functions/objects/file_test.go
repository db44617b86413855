package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/functions/internal/bucket"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Ensure that an object that is gone is one reject, with the role that the function has as with one that may list the
// whole bucket, also where another object's name begins with its name; and that one that is denied comes again.
func TestGone(t *testing.T) {
	for name, c := range map[string]struct {
		harm   func(l *lake)
		gone   bool
		listed int
	}{
		"the function's role":      {func(*lake) {}, true, 1},
		"a role that may list all": {func(l *lake) { l.tells = true }, true, 0},
		"another with a longer name": {func(l *lake) { l.objects["lake/wagons/secret.json"] = strings.NewReader("") }, true,
			1},
		"denied":                   {func(l *lake) { l.objects["lake/wagons/secret"] = strings.NewReader("") }, false, 1},
		"a role that may not list": {func(l *lake) { l.lists = false }, false, 1},
	} {
		f := newFixture(t, wiring.Lines)
		c.harm(f.lake)
		failed := f.invoke(t, t.Context(), created(t, "wagons/secret", 10))
		if (failed == nil) != c.gone || f.lake.listed != c.listed {
			t.Errorf("%s: %v come again, after %d listings", name, failed, f.lake.listed)
		}
		if !c.gone {
			if len(f.Kept.Rejects) > 0 {
				t.Errorf("%s: rejects %+v", name, f.Kept.Rejects)
			}
			continue
		}
		if len(f.Kept.Rejects) != 1 {
			t.Fatalf("%s: rejects %+v", name, f.Kept.Rejects)
		}
		r := f.Kept.Rejects[0]
		if r.Kind != twin.KindObject || r.Reason() != twin.Unreadable || r.Problems[0].Detail != "the object is gone" ||
			r.Dataset != "wagon_telemetry" ||
			r.Position != (twin.Position{Stream: "lake", Shard: "wagons%2Fsecret", Sequence: "0"}) {
			t.Errorf("%s: the reject %+v", name, r)
		}
		if !strings.Contains(f.Metrics.String(), `"Records":1`) || !strings.Contains(f.Metrics.String(), `"Rejects":1`) {
			t.Errorf("%s: the metrics are %s", name, &f.Metrics)
		}
	}
}

// panics is what a reader is that breaks after some bytes.
type panics struct{ io.Reader }

func (p panics) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	if err != nil {
		panic("index out of range")
	}
	return n, nil
}

// Ensure that an object that makes the function fail is a reject, which does not come again, beside what was read of
// it.
func TestPanic(t *testing.T) {
	f := newFixture(t, wiring.Lines)
	f.lake.objects["lake/wagons/panic"] = panics{strings.NewReader(wagon("1", 1) + "\nbad\n" + wagon("2", 2) + "\n")}
	if failed := f.invoke(t, t.Context(), created(t, "wagons/panic", 10)); failed != nil {
		t.Errorf("%v come again", failed)
	}
	if got := f.Stream.Values(t, "speed"); !slices.Equal(got, []string{"wagon:1=1.0", "wagon:2=2.0"}) {
		t.Errorf("%v", got)
	}
	if len(f.Kept.Rejects) != 2 || f.Kept.Rejects[0].Reason() != twin.Unreadable ||
		f.Kept.Rejects[1].Reason() != twin.Panicked || f.Kept.Rejects[1].Kind != twin.KindObject {
		t.Errorf("rejects %+v", f.Kept.Rejects)
	}
	f = newFixture(t, wiring.Lines)
	f.Stream.Fail = func(stream.Record) bool { panic("no") }
	f.lake.objects["lake/wagons/panic"] = strings.NewReader(wagon("1", 1))
	if failed := f.invoke(t, t.Context(), created(t, "wagons/panic", 10)); failed != nil {
		t.Errorf("%v come again", failed)
	}
	if len(f.Kept.Rejects) != 1 || f.Kept.Rejects[0].Reason() != twin.Panicked {
		t.Errorf("rejects %+v", f.Kept.Rejects)
	}
}

// Ensure that an object of which nothing comes any more is given up in time and comes again, and that one that comes
// slowly is read: for as long as it takes, within what the function has.
func TestSilentObject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, wiring.Lines)
		text := wagon("1", 1) + "\n"
		f.lake.objects["lake/wagons/slow"] = &silent{text: text, pause: stallLimit / 10}
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
		defer cancel()
		if failed := f.invoke(t, ctx, created(t, "wagons/slow", 10)); !slices.Equal(failed, []string{"0"}) {
			t.Errorf("%v come again", failed)
		}
		if took, want := time.Since(begin), time.Duration(len(text))*stallLimit/10+stallLimit; took != want {
			t.Errorf("it took %s, want %s", took, want)
		}
		if len(f.Kept.Rejects) > 0 {
			t.Errorf("rejects %+v", f.Kept.Rejects)
		}
	})
}

// inMemory is a bucket for rejects.
type inMemory map[string][]byte

func (m inMemory) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (_ *s3.PutObjectOutput,
	err error) {
	m[*in.Key], err = io.ReadAll(in.Body)
	return &s3.PutObjectOutput{}, err
}

// Ensure that the rejects of an object that is written again under its name, and is bad each time, are all kept; also
// where the text is the same, at the same second.
func TestObjectWrittenAgain(t *testing.T) {
	f := newFixture(t, wiring.Lines)
	kept := inMemory{}
	f.Rejects = &bucket.Bucket{Client: kept, Name: "rejects", Prefix: "rejects/extract/wagon_telemetry"}
	for i, text := range []string{"bad 0", "bad 1", "bad 1", "bad 0\nbad 1"} {
		f.lake.objects["lake/wagons/latest.json"], f.lake.etag = strings.NewReader(text), fmt.Sprint("version-", i)
		for range 2 { // a message may come twice
			if failed := f.invoke(t, t.Context(), created(t, "wagons/latest.json", 5)); len(failed) > 0 {
				t.Fatal(failed)
			}
		}
	}
	var payloads []string
	for key, file := range kept {
		for r, err := range rejects.Decode(bytes.NewReader(file)) {
			if err != nil {
				t.Fatal(err)
			}
			payloads = append(payloads, string(r.Payload))
		}
		if !strings.Contains(key, "/lake/wagons%2Flatest.json/version-") {
			t.Errorf("the key %s does not name the version", key)
		}
	}
	slices.Sort(payloads)
	if !slices.Equal(payloads, []string{"bad 0", "bad 0", "bad 1", "bad 1", "bad 1"}) {
		t.Errorf("%q are in %q", payloads, slices.Sorted(maps.Keys(kept)))
	}
}

// Ensure that the later of two readings of the same time wins in an object of any length, also one with more rows than
// 16 bits number.
func TestLaterRowOfALongObject(t *testing.T) {
	for _, rows := range []int{100, 70_000} {
		f := newFixture(t, wiring.Lines)
		var b strings.Builder
		for i := range rows {
			fmt.Fprintln(&b, wagon(fmt.Sprint(i%5000), 1))
		}
		const tries = 20 // by chance half of them would be right
		for i := range tries {
			fmt.Fprintln(&b, wagon(fmt.Sprint("last-", i), float64(100+i)))
			fmt.Fprintln(&b, wagon(fmt.Sprint("last-", i), 200))
		}
		f.lake.objects["lake/wagons/x"] = strings.NewReader(b.String())
		if failed := f.invoke(t, t.Context(), created(t, "wagons/x", 5)); len(failed) > 0 {
			t.Fatal(failed)
		}
		best := map[string]twin.Change{}
		for _, c := range f.Stream.Changes(t) {
			if old, ok := best[c.Component]; strings.Contains(c.Component, "last-") && c.Metric == "speed" &&
				(!ok || c.Rank().Wins(old.Rank())) {
				best[c.Component] = c
			}
		}
		wrong := 0
		for _, c := range best {
			if c.Value != "200.0" {
				wrong++
			}
		}
		if wrong > 0 || len(best) != tries {
			t.Errorf("an object of %d records: of %d components %d end with the earlier reading", rows, len(best), wrong)
		}
	}
}
