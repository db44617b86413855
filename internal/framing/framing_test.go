package framing

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
)

// field writes a field of a protocol buffer that holds bytes.
func field(number int, value []byte) []byte {
	b := binary.AppendUvarint(nil, uint64(number)<<3|2)
	return append(binary.AppendUvarint(b, uint64(len(value))), value...)
}

// aggregated writes body as the producer library does.
func aggregated(body []byte) []byte {
	sum := md5.Sum(body)
	return append(append(bytes.Clone(magic), body...), sum[:]...)
}

// kpl aggregates records, with the fields around the data that the library writes too.
func kpl(records ...string) []byte {
	body := field(1, []byte("partition"))
	for _, r := range records {
		record := append([]byte{1 << 3, 0}, field(3, []byte(r))...)
		body = append(body, field(3, append(record, field(4, field(1, []byte("tag")))...))...)
	}
	return aggregated(body)
}

func zipped(texts ...string) []byte {
	var b bytes.Buffer
	for _, t := range texts {
		z := gzip.NewWriter(&b)
		z.Write([]byte(t))
		z.Close()
	}
	return b.Bytes()
}

// split returns the records, an error as its text in angle brackets, and checks the numbers.
func split(t testing.TB, kind Kind, data []byte, limit int) (all []string, first error) {
	n := 0
	for r, err := range (Source{Framing: kind}).Split(data, limit) {
		if r.Number != n {
			t.Fatalf("record %d has number %d", n, r.Number)
		}
		n++
		if err != nil {
			if first == nil {
				first = err
			}
			all = append(all, "<"+err.Error()+">")
			continue
		}
		all = append(all, string(r.Data))
	}
	return all, first
}

// Ensure that every kind gives the records of a stream record in order, alone and within an aggregate.
func TestSplit(t *testing.T) {
	broken := kpl("a")
	broken[len(broken)-1]++
	damaged := zipped("a\nb")
	damaged = damaged[:len(damaged)-6]
	for _, c := range []struct {
		name string
		kind Kind
		data []byte
		want string // joined by |
	}{
		{"plain", Plain, []byte("a\nb"), "a\nb"},
		{"plain, empty", Plain, nil, ""},
		{"lines", Lines, []byte("a\n\r\n  \nb\r\nc"), "a|b|c"},
		{"lines, one of them not ended", Lines, []byte("a"), "a"},
		{"gzip", Gzip, zipped("a\nb\n"), "a|b"},
		{"gzip, several streams", Gzip, zipped("a\n", "b"), "a|b"},
		{"gzip that is none", Gzip, []byte(`{"a":1}`), "<" + errNotGzip.Error() + ">"},
		{"gzip, cut off in its head", Gzip, zipped("a")[:5], "<framing: the record is gzip, but damaged: unexpected EOF>"},
		{"gzip, cut off", Gzip, damaged, "<framing: the record is gzip, but damaged: unexpected EOF>"},
		{"aggregate", Plain, kpl("a", "", "b"), "a||b"},
		{"aggregate of lines", Lines, kpl("a\nb", "c"), "a|b|c"},
		{"aggregate of gzip, one of it damaged", Gzip, kpl(string(zipped("a")), "x", string(zipped("b"))),
			"a|<" + errNotGzip.Error() + ">|b"},
		{"empty aggregate", Plain, aggregated(nil), ""},
		{"begins like an aggregate, digest wrong", Plain, broken, string(broken)},
		{"begins like an aggregate, too short", Plain, magic, string(magic)},
		{"aggregate with a broken record", Plain, aggregated(append(field(3, field(3, []byte("a"))),
			field(3, []byte{0xff})...)), "a|<" + errMalformed.Error() + ">"},
		{"aggregate of fixed-size fields, which are skipped", Plain,
			aggregated(append(append([]byte{9<<3 | 1}, make([]byte, 8)...),
				append([]byte{9<<3 | 5, 0, 0, 0, 0}, field(3, field(3, []byte("a")))...)...)), "a"},
		{"aggregate that ends within a field", Plain, aggregated([]byte{3<<3 | 2, 200}), "<" + errMalformed.Error() + ">"},
		{"unknown kind", "csv", []byte("a"), `<framing: unknown kind "csv"; there are [plain lines gzip]>`},
	} {
		got, _ := split(t, c.kind, c.data, 0)
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
	}
}

// Ensure that a bomb ends at the cap, and that a record of exactly the cap passes.
func TestMaxInflated(t *testing.T) {
	bomb := zipped(strings.Repeat("a", 1000))
	if got, err := split(t, Gzip, bomb, 1000); err != nil || len(got[0]) != 1000 {
		t.Errorf("at the cap: %v", err)
	}
	if _, err := split(t, Gzip, bomb, 999); !errors.Is(err, ErrTooLarge) {
		t.Errorf("over the cap: %v, want ErrTooLarge", err)
	}
}

// Ensure that the end of a gzip member ends a line, with a line feed there or without, and whatever sizes are read;
// but not between the blocks of BGZF, which are cut anywhere.
func TestGzipMembers(t *testing.T) {
	join := func(parts ...string) (all []byte) {
		for _, p := range parts {
			all = append(all, zipped(p)...)
		}
		return all
	}
	for _, tc := range []struct {
		parts []string
		want  string
	}{
		{[]string{`{"a":1}`, `{"a":2}`}, `{"a":1}|{"a":2}`},
		{[]string{"a\n", "b\n"}, "a|b"},
		{[]string{"a\nb", "c\n", "", "", "d"}, "a|b|c|d"},
		{[]string{"", "a"}, "a"},
		{[]string{"a", ""}, "a"},
		{[]string{"a\r\n", "b"}, "a|b"},
	} {
		got, err := split(t, Gzip, join(tc.parts...), 0)
		if err != nil || strings.Join(got, "|") != tc.want {
			t.Errorf("%q: got %q %v, want %s", tc.parts, got, err, tc.want)
		}
		r, err := GunzipLines(iotest.OneByteReader(bytes.NewReader(join(tc.parts...))))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(iotest.OneByteReader(r))
		lines := strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' || r == '\r' })
		if err != nil || strings.Join(lines, "|") != tc.want {
			t.Errorf("%q: read %q %v, want %s", tc.parts, text, err, tc.want)
		}
	}
	var blocks bytes.Buffer
	for _, part := range []string{"one li", "ne\ntwo"} {
		w := gzip.NewWriter(&blocks)
		w.Extra = []byte("BC\x02\x00\x00\x00")
		w.Write([]byte(part))
		w.Close()
	}
	if got, err := split(t, Gzip, blocks.Bytes(), 0); err != nil || strings.Join(got, "|") != "one line|two" {
		t.Errorf("BGZF: got %q %v", got, err)
	}
	if _, err := split(t, Gzip, append(join("a"), "garbage"...), 0); err == nil {
		t.Error("garbage after a member is ignored")
	}
	if _, err := GunzipLines(strings.NewReader("plain")); err == nil {
		t.Error("what is not gzip is read")
	}
}

// Ensure that a reader that stops gets nothing more.
func TestStop(t *testing.T) {
	for _, data := range [][]byte{kpl("a", "b"), kpl("a\nb"), []byte("a\nb")} {
		for r := range (Source{Framing: Lines}).Split(data, 0) {
			if string(r.Data) != "a" {
				t.Errorf("got %q behind the stop", r.Data)
			}
			break
		}
	}
}

// Ensure that nothing that a stream may hold breaks the splitting, and that it never gives more bytes
// than it took or the cap allows.
func FuzzSplit(f *testing.F) {
	for _, seed := range [][]byte{[]byte("a\nb"), kpl("a", "b"), zipped("a\nb"), kpl(string(zipped("a"))), magic} {
		for kind := range 3 {
			f.Add(kind, seed)
		}
	}
	f.Fuzz(func(t *testing.T, kind int, data []byte) {
		const limit = 1 << 16
		for _, whole := range [][]byte{data, aggregated(data)} {
			total := 0
			all, _ := split(t, []Kind{Plain, Lines, Gzip}[uint(kind)%3], whole, limit)
			for _, r := range all {
				if !strings.HasPrefix(r, "<") {
					total += len(r)
				}
			}
			if total > max(len(whole), limit*(len(whole)/18+1)) {
				t.Errorf("%d bytes became %d", len(whole), total)
			}
		}
	})
}
