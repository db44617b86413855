package lsp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
)

var update = flag.Bool("update", false, "write the answers into testdata")

// Ensure that a recorded conversation goes as it went: each line of client is a message, and server has the answers. In
// a text of client, the file called as the text stands for it.
func TestConversation(t *testing.T) {
	const file = "testdata/conversation.txtar"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
	}
	var in, out bytes.Buffer
	for line := range strings.Lines(files["client"]) {
		for name, text := range files {
			quoted, _ := json.Marshal(text)
			line = strings.ReplaceAll(line, `"<`+name+`>"`, string(quoted))
		}
		if err := writeMessage(&in, []byte(strings.TrimSpace(line))); err != nil {
			t.Fatal(err)
		}
	}
	if err := Serve(&in, &out, "test"); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for r := bufio.NewReader(&out); ; {
		content, err := readMessage(r)
		if err != nil {
			break
		}
		got.Write(append(shortened(t, content), '\n'))
	}
	if *update {
		for i := range archive.Files {
			if archive.Files[i].Name == "server" {
				archive.Files[i].Data = []byte(got.String())
			}
		}
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got.String() != files["server"] {
		t.Errorf("got\n%s\nwant\n%s", got.String(), files["server"])
	}
}

// shortened leaves the first items of a list of completions, and says how many there are.
func shortened(t *testing.T, content []byte) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(content, &m); err != nil {
		t.Fatal(err)
	}
	if list, ok := m["result"].([]any); ok && len(list) > 4 {
		m["result"] = append(list[:4:4], fmt.Sprintf("and %d more", len(list)-4))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(b.Bytes())
}

// Ensure that positions are in UTF-16, and that those outside are the nearest inside.
func TestPositions(t *testing.T) {
	d := newDocument("file:///x.sql", "-- ä😀b\r\nSELECT\n")
	for _, tc := range []struct {
		at   position
		byte int
	}{
		{position{0, 0}, 0}, {position{0, 3}, 3}, {position{0, 4}, 5}, {position{0, 6}, 9}, {position{0, 7}, 10},
		{position{1, 6}, 18}, {position{2, 0}, 19},
	} {
		if got := d.offset(tc.at); got != tc.byte {
			t.Errorf("%v is byte %d, want %d", tc.at, got, tc.byte)
		}
		if got := d.position(tc.byte); got != tc.at {
			t.Errorf("byte %d is %v, want %v", tc.byte, got, tc.at)
		}
	}
	for at, want := range map[position]int{{0, 99}: 10, {99, 0}: 19, {-1, 5}: 0, {1, -5}: 12, {0, 5}: 9} {
		if got := d.offset(at); got != want {
			t.Errorf("%v is byte %d, want %d", at, got, want)
		}
	}
}

// Ensure that what is no message, and what comes at the wrong time, is answered with an error and ends nothing.
func TestErrors(t *testing.T) {
	talk := func(messages ...string) (string, error) {
		var in, out bytes.Buffer
		for _, m := range messages {
			if err := writeMessage(&in, []byte(m)); err != nil {
				t.Fatal(err)
			}
		}
		err := Serve(&in, &out, "test")
		return out.String(), err
	}
	for _, tc := range []struct{ message, want string }{
		{`{`, `"code":-32700`},
		{`{"id":1,"method":"textDocument/hover"}`, `"code":-32002`},
		{`{"id":1,"method":"initialize"}`, `"capabilities"`},
	} {
		if out, err := talk(tc.message); !strings.Contains(out, tc.want) || !errors.Is(err, ErrNoShutdown) {
			t.Errorf("%s: %s, %v", tc.message, out, err)
		}
	}
	const begin = `{"id":0,"method":"initialize"}`
	for message, want := range map[string]string{
		`{"id":1,"method":"textDocument/rename","params":{}}`:                                         `"code":-32601`,
		`{"id":1,"method":"textDocument/hover","params":{"textDocument":{"uri":"file:///none.sql"}}}`: `"code":-32602`,
		`{"id":1,"method":"textDocument/hover","params":7}`:                                           `"code":-32602`,
		`{"id":"a","method":"shutdown"}`:                                                              `{"id":"a","jsonrpc":"2.0","result":null}`,
	} {
		if out, _ := talk(begin, message); !strings.Contains(out, want) {
			t.Errorf("%s: %s, want %s", message, out, want)
		}
	}
	for _, in := range []string{"Content-Length: x\r\n\r\n", "A: b\r\n\r\n", "Content-Length: 9\r\n\r\n{}",
		"Content-Length: 9"} {
		if err := Serve(strings.NewReader(in), io.Discard, ""); err == nil || errors.Is(err, ErrNoShutdown) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// largest returns the extractor with the most text.
func largest() (e extractors.Extractor) {
	for _, x := range extractors.All() {
		if len(x.SQL) > len(e.SQL) {
			e = x
		}
	}
	return e
}

// BenchmarkDiagnostics compares the diagnostics of the largest extractor, from the change to the message, with a
// compilation of it. The ratio is of both in turns.
func BenchmarkDiagnostics(b *testing.B) {
	e := largest()
	text := string(e.SQL)
	s := &server{out: io.Discard, documents: map[string]*document{}}
	var compiling, answering int64
	for b.Loop() {
		compiling += nanoseconds(func() {
			if _, err := extract.Analyze(e.Name+".sql", e.SQL); err != nil {
				b.Fatal(err)
			}
		})
		answering += nanoseconds(func() {
			if err := s.open("file:///"+e.Name+".sql", text); err != nil {
				b.Fatal(err)
			}
		})
	}
	b.ReportMetric(float64(answering)/float64(compiling), "compilations")
}

func nanoseconds(do func()) int64 {
	start := time.Now()
	do()
	return time.Since(start).Nanoseconds()
}
