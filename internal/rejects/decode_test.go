package rejects

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

func zipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Ensure that a line that is no reject is told with its number and its cause, and the next one is read.
func TestBadLines(t *testing.T) {
	for line, want := range map[string]string{
		`x`:                                   "invalid character",
		`{"position":"a/b"}`:                  "stream/shard/sequence",
		`{"offset":-2,"reason":""}`:           "",
		`{"offset":-2,"reason":"unreadable"}`: "the offset -2",
		`{"problems":[{"offset":-2}]}`:        "the offset -2",
		`{"problems":{}}`:                     "no array",
		`{"problems":[` + strings.Repeat(`{},`, 1000) + `{}]}`: "more than 40 problems",
		`{"problems":[1]}`:                            "number",
		`{"more_problems":-1}`:                        "-1 more problems",
		`{"kind":"wagon"}`:                            `the kind "wagon"`,
		`{"received_at":"today"}`:                     "RFC 3339",
		`{"received_at":"9999-12-31T23:59:59-01:00"}`: "outside the years",
	} {
		var good int
		var said string
		for r, err := range Decode(strings.NewReader(zipped(t, `{"kind":"record"}`+"\n"+line+"\n"+`{"kind":"record"}`))) {
			switch {
			case err != nil:
				said += err.Error()
			case r.Kind == twin.KindRecord:
				good++
			}
		}
		if good != 2 || !strings.Contains(said, want) || (want != "") != strings.Contains(said, "line 2") {
			t.Errorf("%.80s: %d good lines, said %q, want %q", line, good, said, want)
		}
	}
}

// Ensure that a file that is damaged gives what can be read of it and then says so.
func TestDamagedFiles(t *testing.T) {
	whole := zipped(t, strings.Repeat(`{"kind":"record","payload":"x"}`+"\n", 10_000))
	for name, file := range map[string]string{
		"no gzip":     "plain",
		"empty":       "",
		"cut":         whole[:len(whole)/2],
		"a long line": zipped(t, `{"kind":"record"}`+"\n"+strings.Repeat(" ", 1<<20+1)),
		"no end":      whole[:len(whole)-8],
	} {
		var last error
		n := 0
		for _, err := range decode(strings.NewReader(file), 1<<20) {
			if last = err; err == nil {
				n++
			}
		}
		if !errors.Is(last, ErrDamaged) || (n > 0) != (name != "no gzip" && name != "empty") {
			t.Errorf("%s: %d rejects and then %v", name, n, last)
		}
	}
}

// Ensure that a reader may stop anywhere.
func TestStop(t *testing.T) {
	former, err := os.ReadFile("testdata/former.ndjson.gz")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range [][]byte{former, Encode(samples).Data, []byte("plain"), []byte(zipped(t, "x\nx"))} {
		for stop := range 4 {
			n := 0
			for range Decode(bytes.NewReader(file)) {
				if n++; n > stop {
					break
				}
			}
		}
	}
}

// Ensure that a file takes the memory of a line, however much of it there is.
func TestMemory(t *testing.T) {
	line := `{"kind":"record","problems":[` + strings.Repeat(`{"reason":"unreadable"},`, 30) + `{}],"payload":"` +
		strings.Repeat("x", 1<<20) + `"}` + "\n"
	file := zipped(t, strings.Repeat(line, 30))
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n := 0
	for _, err := range Decode(strings.NewReader(file)) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%10 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			if grown := int64(now.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
				t.Fatalf("after %d lines of 1 MB, %d MB are in use", n, grown>>20)
			}
		}
	}
	if n != 30 {
		t.Errorf("%d rejects", n)
	}
}

// Fuzz that what can be read can be written and read again, alike.
func FuzzDecode(f *testing.F) {
	f.Add(Encode(samples).Data)
	former, err := os.ReadFile("testdata/former.ndjson.gz")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(former)
	f.Fuzz(func(t *testing.T, file []byte) {
		var rejects []twin.Reject
		for r, err := range Decode(bytes.NewReader(file)) {
			if err == nil {
				r.Payload = bytes.Clone(append([]byte{}, r.Payload...)) // no payload is an empty one
				rejects = append(rejects, r)
			}
		}
		if got := decoded(t, bytes.NewReader(Encode(rejects).Data)); len(got)+len(rejects) > 0 &&
			!reflect.DeepEqual(got, rejects) {
			t.Fatalf("%+v became %+v", rejects, got)
		}
	})
}

// Fuzz that a line, which in a file is compressed so that no fuzzer finds its way into it, is read or refused.
func FuzzParse(f *testing.F) {
	f.Add(`{"kind":"record","dataset":"d","component":"c","position":"a/b/c/d","received_at":"2018-12-17T22:10:50.987Z","index":7,"problems":[{"reason":"r","detail":"d","column":"c","offset":1},{}],"more_problems":3,"payload":"p"}`)
	f.Add(`{"reason":"unreadable","detail":"x","offset":3,"payload_base64":"/wD+"}`)
	f.Add(`{"problems":[],"payload":"\u0000\ud800"}`)
	f.Fuzz(func(t *testing.T, text string) {
		l, err := parse([]byte(text))
		if err != nil {
			return
		}
		l.Payload = append([]byte{}, l.Payload...)
		if got := decoded(t, bytes.NewReader(Encode([]twin.Reject{l.Reject}).Data)); len(got) != 1 ||
			!reflect.DeepEqual(got[0], l.Reject) {
			t.Fatalf("%+v became %+v", l.Reject, got)
		}
	})
}
