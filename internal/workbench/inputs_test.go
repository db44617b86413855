package workbench_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/workbench"
)

// Ensure that records are cut from files as their framing says, and named so that one finds them again.
func TestInputs_Each(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for _, tc := range []struct {
		name, file, content string
		framing             framing.Kind
		want                []string // place and data
	}{
		{name: "lines", file: "a.ndjson", content: "{}\n\r\n  \n[1]\r\nlast", want: []string{":1 {}", ":4 [1]", ":5 last"}},
		{name: "a file", file: "a.JSON", content: "{\n}\n", want: []string{" {\n}\n"}},
		{name: "lines of a .json file", file: "a.json", framing: framing.Lines, content: "1\n2",
			want: []string{":1 1", ":2 2"}},
		{name: "a text file as one record", file: "a.txt", framing: framing.Plain, content: "1\n2", want: []string{" 1\n2"}},
		{name: "a line longer than any buffer", file: "a.csv", content: long + "\n1", want: []string{":1 " + long, ":2 1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := file(t, tc.file, tc.content)
			var got []string
			err := workbench.Inputs{Paths: []string{path}, Source: framing.Source{Framing: tc.framing}}.Each(t.Context(),
				func(r workbench.Record) error {
					got = append(got, strings.TrimPrefix(r.Name, path)+" "+string(r.Data))
					return nil
				})
			if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tc.want) {
				t.Errorf("got %.300q, %v; want %.300q", got, err, tc.want)
			}
		})
	}
}

// Ensure that files packed by gzip are unpacked, and framed as they look.
func TestInputs_Gzip(t *testing.T) {
	for name, want := range map[string]int{"a.ndjson.gz": 2, "a.json.gz": 2, "packed.ndjson": 2} {
		var packed strings.Builder
		w := gzip.NewWriter(&packed)
		io.WriteString(w, "{\"a\":1}\n{\"a\":2}\n")
		w.Close()
		n := 0
		in := workbench.Inputs{Paths: []string{file(t, name, packed.String())}}
		if err := in.Each(t.Context(), func(workbench.Record) error { n++; return nil }); err != nil || n != want {
			t.Errorf("%s: %d records, %v; want %d", name, n, err, want)
		}
		in.Paths[0] = file(t, name, packed.String()[:20])
		if err := in.Each(t.Context(), func(workbench.Record) error { return nil }); err == nil {
			t.Errorf("%s: nothing said of a file that is cut off", name)
		}
	}
}

// Ensure that a file without a record is reported and does not stop the others, and that members of gzip end
// lines.
func TestInputs_Blank(t *testing.T) {
	blank, full := file(t, "blank.ndjson", " \n\n"), file(t, "full.ndjson", "1\n2\n")
	var packed strings.Builder
	for _, text := range []string{"3", "4\n", "5"} {
		w := gzip.NewWriter(&packed)
		io.WriteString(w, text)
		w.Close()
	}
	var got, told []string
	in := workbench.Inputs{
		Paths: []string{blank, full, blank, file(t, "packed.ndjson.gz", packed.String())},
		Blank: func(name string) { told = append(told, name) },
	}
	visit := func(r workbench.Record) error { got = append(got, string(r.Data)); return nil }
	if err := in.Each(t.Context(), visit); err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, " ") != "1 2 3 4 5" || strings.Join(told, " ") != blank+" "+blank {
		t.Errorf("read %q, reported %q", got, told)
	}
	in.Paths = []string{blank, blank}
	if err := in.Each(t.Context(), visit); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("only blank files: %v", err)
	}
}

// Ensure that standard input is read as lines, and has a name of its own.
func TestInputs_Stdin(t *testing.T) {
	in := workbench.Inputs{Paths: []string{"-"}, Stdin: strings.NewReader("1\n2\n")}
	var got []string
	if err := in.Each(t.Context(), func(r workbench.Record) error { got = append(got, r.Name); return nil }); err != nil {
		t.Fatal(err)
	}
	if want := "standard input:1 standard input:2"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Ensure that what cannot hold records is refused with the reason, and that a visitor can stop the reading.
func TestInputs_Errors(t *testing.T) {
	stop := errors.New("enough")
	for _, tc := range []struct{ name, path, want string }{
		{"missing", filepath.Join(t.TempDir(), "none.json"), "there is no such file"},
		{"folder", t.TempDir(), "is a directory"},
		{"empty", file(t, "a.json", " \n"), "is empty"},
		{"no lines", file(t, "a.txt", "\n\n"), "is empty"},
		{"stopped", file(t, "b.txt", "1"), "enough"},
	} {
		err := workbench.Inputs{Paths: []string{tc.path}}.Each(t.Context(), func(workbench.Record) error { return stop })
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	in := workbench.Inputs{Paths: []string{file(t, "c.txt", "1")}}
	if err := in.Each(ctx, func(workbench.Record) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: got %v", err)
	}
}
