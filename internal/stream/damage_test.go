package stream_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// lines packs some source records for a few components of one partition key, and returns the lines of the record with
// the changes of each.
func lines(t *testing.T) (texts []string, changes [][]twin.Change) {
	t.Helper()
	c := full()
	p := stream.NewPacker(dataset(c), 0)
	for i := range 5 {
		c.Position.Sequence = fmt.Sprint(4959 + i)
		p.From(i, c.ReceivedAt, c.Position)
		for j := range 4 {
			c.Metric, c.Value, c.Index = fmt.Sprintf("m.%d", j), fmt.Sprint(10*i+j), uint32(j)
			if j == 2 {
				c.EventTime++
			}
			if problem := p.Add(rowOf(&c)); problem != nil {
				t.Fatal(problem)
			}
		}
		if i%2 == 1 {
			c.Component = sameKey(c.Component)
		}
	}
	records := p.Records()
	if len(records) != 1 {
		t.Fatalf("%d records", len(records))
	}
	for _, text := range strings.Split(string(records[0].Data), "\n") {
		of, bad := stream.Decode([]byte(text), nil)
		if len(bad) > 0 || len(of) != 4 {
			t.Fatalf("%v in %s", bad, text)
		}
		texts, changes = append(texts, text), append(changes, of)
	}
	return texts, changes
}

// Ensure that a line that cannot be read, whatever is left of it, costs no other line, the first one no more than any
// other: the others say what they say alone. Every byte of it is lost, cut off behind, or becomes something else in
// turn.
func TestDamage(t *testing.T) {
	texts, changes := lines(t)
	for k, text := range texts {
		damaged := []string{"", "x", "{}", "null", `{"metric":`, `{"dataset":"other","component":"c"}`, "\xff", text + text,
			"[" + text + "]"}
		for i := range len(text) {
			damaged = append(damaged, text[:i], text[:i]+text[i+1:], text[:i]+"\xff"+text[i+1:], text[:i]+"\""+text[i+1:],
				text[:i]+"\n"+text[i+1:])
		}
		for _, d := range damaged {
			whole := slices.Clone(texts)
			whole[k] = d
			got, bad := stream.Decode([]byte(strings.Join(whole, "\n")), nil)
			before, after := slices.Concat(changes[:k]...), slices.Concat(changes[k+1:]...)
			if n := len(before); len(got) < n+len(after) || !slices.Equal(got[:n], before) ||
				!slices.Equal(got[len(got)-len(after):], after) {
				t.Fatalf("line %d as %q costs another line: %d changes, bad %v", k+1, d, len(got), bad)
			}
			if strings.TrimSpace(d) != "" && len(got) < len(before)+len(after)+4 && len(bad) == 0 {
				t.Fatalf("line %d as %q lost something that nobody is told of", k+1, d)
			}
		}
	}
}

// Ensure that what is wrong with one change of a line costs that change alone, and that it is told with the text, the
// place and the number that it had, so that it can be sent again.
func TestBadChangeInALine(t *testing.T) {
	texts, changes := lines(t)
	for k := range 4 {
		start := strings.Index(texts[0], fmt.Sprintf(`["m.%d"`, k)) + 1
		end := start + strings.IndexByte(texts[0][start:], ']')
		for broken, want := range map[string]string{
			`1`:                                      "metric: '1' where a string",
			`"m",1`:                                  "value: '1' where a string",
			`"m"`:                                    "']' where a ','",
			``:                                       "metric: ']' where",
			`"m","1",{}`:                             "unit: '{' where",
			`"m","1","deg","never"`:                  `event_time: twin: "never"`,
			`"m","1","deg",null`:                     "event_time: 'n' where",
			`"m","1","deg",7,8`:                      "',' where a ']'",
			`"m","1",4294967296`:                     "index: not an integer",
			`"m","1","u","2026-11-23T00:00:00Z","x"`: "no more than metric, value, unit, event time and index",
		} {
			text := texts[0][:start] + broken + texts[0][end:]
			got, bad := stream.Decode([]byte(text+"\n"+texts[1]), nil)
			if !slices.Equal(got, slices.Concat(changes[0][:k], changes[0][k+1:], changes[1])) {
				t.Fatalf("%s: %+v, bad %v", text, got, bad)
			}
			if len(bad) != 1 || bad[0].Line != 1 || !strings.Contains(bad[0].Error(), want) {
				t.Fatalf("%s: %v, want %s", text, bad, want)
			}
			r, c := bad[0].Reject(), changes[0][k]
			if r.Kind != twin.KindChange || r.Reason() != twin.Unreadable || r.Dataset != c.Dataset ||
				r.Component != c.Component || r.Position != c.Position || r.ReceivedAt != c.ReceivedAt {
				t.Errorf("the reject %+v", r)
			}
			if len(r.Payload) > 400 || !bytes.Contains(r.Payload, []byte("["+broken)) {
				t.Errorf("the payload %s", r.Payload)
			}
			if !strings.HasPrefix(broken, `"m","1"`) && r.Index != c.Index {
				t.Errorf("the index %d, want %d", r.Index, c.Index)
			}
			if again, stillBad := stream.Decode(r.Payload, nil); len(again) != 0 || len(stillBad) != 1 {
				t.Errorf("the payload %s reads as %+v", r.Payload, again)
			}
		}
	}
}

// Ensure that dataset and component are known of what is no change any more, as far as they stand there.
func TestKnownOfBadLines(t *testing.T) {
	for text, want := range map[string]string{
		`{"dataset":"d","component":"c","metric":"m"`:               "d c",
		`{"metric":1,"dataset":"d","component":"c"}`:                "d c",
		`{"dataset":"d","component":"c","changes":[["m","1"],["m",`: "d c",
		`{"x":"\q","dataset":"d\u0064","component":"c"}`:            "dd c",
		`"dataset":"d","compo`:                                      "d ",
		`{"dataset":7,"component":"c"`:                              " c",
		`{"changes":[["m","1"]],"dataset":"d"`:                      "d ",
		`garbage`:                                                   " ",
		`{"dataset":"d`:                                             " ",
	} {
		_, bad := stream.Decode([]byte(text), nil)
		if len(bad) == 0 {
			t.Fatalf("%s is a change", text)
		}
		r := bad[len(bad)-1].Reject()
		if got := r.Dataset + " " + r.Component; got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
		if dataset, _, _ := strings.Cut(want, " "); stream.DatasetOf([]byte(text)) != dataset {
			t.Errorf("%s is of the dataset %q", text, stream.DatasetOf([]byte(text)))
		}
	}
}
