package main

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// aggregate makes an aggregated record as Amazon's producer library does.
func aggregate(records ...string) string {
	field := func(b []byte, number int, value string) []byte {
		b = binary.AppendUvarint(b, uint64(number)<<3|2)
		b = binary.AppendUvarint(b, uint64(len(value)))
		return append(b, value...)
	}
	message := field(nil, 1, "key")
	for _, r := range records {
		record := []byte{1 << 3, 0} // partition_key_index = 0
		message = field(message, 3, string(field(record, 3, r)))
	}
	sum := md5.Sum(message)
	return string(slices.Concat(aggregateMagic, message, sum[:]))
}

func zipped(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Ensure that each framing finds the source records, and that a damaged record is one problem and no loss.
func TestFrames(t *testing.T) {
	damaged := []byte(aggregate("a", "b"))
	damaged[6] ^= 1
	for _, c := range []struct {
		name    string
		framing wiring.Framing
		data    string
		want    []string
		problem string
	}{
		{"one record", wiring.Plain, "a\nb", []string{"a\nb"}, ""},
		{"nothing is a record too, and a bad one", wiring.Plain, "", []string{""}, ""},
		{"lines", wiring.Lines, "a\r\n\n  \nb\nc", []string{"a", "b", "c"}, ""},
		{"no lines", wiring.Lines, "\n\n", nil, ""},
		{"gzip", wiring.Gzip, zipped(t, "a\nb\n"), []string{"a", "b"}, ""},
		{"not gzip", wiring.Gzip, "a", nil, "not gzip"},
		{"half a gzip", wiring.Gzip, zipped(t, strings.Repeat("abc", 99))[:20], nil, "not whole gzip"},
		{"a bomb", wiring.Gzip, zipped(t, strings.Repeat("\n", maxUnpacked+1)), nil, "unpacks to more"},
		{"aggregated", wiring.Plain, aggregate("a", "", "b"), []string{"a", "", "b"}, ""},
		{"aggregated lines", wiring.Lines, aggregate("a\nb", "c"), []string{"a", "b", "c"}, ""},
		{"aggregated gzip, one bad", wiring.Gzip, aggregate("x", zipped(t, "a")), []string{"a"}, "not gzip"},
		{"only begins like one", wiring.Plain, string(damaged), []string{string(damaged)}, ""},
		{"only its magic number", wiring.Plain, string(aggregateMagic), []string{string(aggregateMagic)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			problem := ""
			for frame, err := range frames(c.framing, []byte(c.data)) {
				if err != nil {
					problem = err.Error()
					continue
				}
				got = append(got, string(frame))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if !strings.Contains(problem, c.problem) || (problem == "") != (c.problem == "") {
				t.Errorf("the problem is %q, want %q", problem, c.problem)
			}
		})
	}
}

// Ensure that whoever asks for frames can stop.
func TestFramesStop(t *testing.T) {
	for _, framing := range wiring.Framings {
		data := map[wiring.Framing]string{wiring.Plain: "a", wiring.Lines: "a\nb", wiring.Gzip: zipped(t, "a\nb")}[framing]
		for range frames(framing, []byte(aggregate(data, data))) {
			break
		}
	}
}

// Fuzz that no record breaks the framing.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("a\nb"))
	f.Add([]byte(aggregate("a", "b")))
	f.Add([]byte(zipped(f, "a\nb")))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, framing := range wiring.Framings {
			for frame, err := range frames(framing, data) {
				if err == nil && framing != wiring.Plain && len(frame) == 0 {
					t.Errorf("%s gave an empty line", framing)
				}
			}
		}
		sum := md5.Sum(data) // as if it were signed
		for range frames(wiring.Plain, slices.Concat(aggregateMagic, data, sum[:])) {
			continue
		}
	})
}
