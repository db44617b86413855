package flink_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/test/flink"
)

// delivery is what one record gave on one engine, in a form that can be compared.
type delivery struct {
	rows    []string // sorted; the value as canonical JSON, the time in milliseconds
	dropped int      // rows with a NULL in a core field
	refused []string // rows whose value is no JSON, or NaN or Infinity; of the Go engine only whether there are any
	badTime bool     // rows with an event time that no change may have; the runner drops them
	tooMany bool
	lost    bool // something was unreadable, and said to be
}

// ofFlink reads the rows that Flink gave for a record.
func ofFlink(rows []json.RawMessage) (d delivery, err error) {
	for _, b := range rows {
		r, err := flink.ParseRow(b)
		if err != nil {
			return d, err
		}
		if r.Component == nil || r.Metric == nil || r.Value == nil || r.EventTime == nil {
			d.dropped++
			continue
		}
		ms, err := millis(*r.EventTime)
		if err != nil {
			return d, err
		}
		if r.Unit != nil && *r.Unit == "" { // no unit, on both engines
			r.Unit = nil
		}
		line := rowLine(*r.Component, *r.Metric, *r.Value, r.Unit, ms)
		v := *r.Value
		refused := v == `"NaN"` || v == `"Infinity"` || v == `"-Infinity"` || !json.Valid([]byte(v))
		if !refused && !twin.Millis(ms).InRange() {
			d.badTime = true
			continue
		}
		d.rows = append(d.rows, line)
		if refused {
			d.refused = append(d.refused, line)
		}
	}
	slices.Sort(d.rows)
	return d, nil
}

// ofGo runs the record on the Go engine.
func ofGo(p *extract.Program, record []byte, out *extract.Output) (d delivery, err error) {
	p.Run(record, out)
	for i := range out.Rows {
		r := &out.Rows[i]
		var unit *string
		if len(r.Unit) > 0 {
			u := string(r.Unit)
			unit = &u
		}
		d.rows = append(d.rows, rowLine(string(r.Component), string(r.Metric), string(r.Value), unit, int64(r.EventTime)))
	}
	slices.Sort(d.rows)
	d.dropped = out.Dropped.Total()
	for _, p := range out.Problems {
		switch p.Reason {
		case twin.BadValue:
			d.refused = append(d.refused, p.Detail)
		case twin.BadTime:
			d.badTime = true
		case twin.Unreadable:
			d.lost = true
		case twin.TooLarge:
			d.tooMany = true
		case twin.Panicked:
			return d, fmt.Errorf("%s", p.Detail)
		}
	}
	return d, nil
}

// beyondMillis finds the digits of a second behind the third in a time. Where a column is declared with up to
// three and a record has more, Flink keeps them or cuts them as its plan goes: the promise (docs/sql.md) ends at
// the third.
var (
	beyondMillis   = regexp.MustCompile(`(\d\d:\d\d:\d\d\.\d{3})\d{1,6}`)
	declaredMillis = regexp.MustCompile(`(?i)\bTIMESTAMP(_LTZ)?\([0-3]\)`)
)

// difference says how two deliveries of a record differ, and "" where they agree.
func difference(sql string, record []byte, java, golang delivery) string {
	text := exactDifference(java, golang)
	if text == "" || !declaredMillis.MatchString(sql) || !beyondMillis.Match(record) {
		return text
	}
	cut := func(d delivery) delivery {
		d.rows = slices.Clone(d.rows)
		for i, r := range d.rows {
			d.rows[i] = trailingZeros.ReplaceAllString(beyondMillis.ReplaceAllString(r, "$1"), "$1")
		}
		return d
	}
	if exactDifference(cut(java), cut(golang)) == "" {
		counted(func() { tally.cut++ })
		return ""
	}
	return text
}

// trailingZeros of a fraction are left out of JSON texts.
var trailingZeros = regexp.MustCompile(`(\d\d:\d\d:\d\d(?:\.\d*[1-9])?)\.?0+\b`)

func exactDifference(java, golang delivery) string {
	if golang.tooMany && len(java.rows)+java.dropped > extract.DefaultMaxRows {
		return ""
	}
	missing, more := subtract(java.rows, golang.rows), subtract(golang.rows, java.rows)
	if rest := subtract(missing, java.refused); len(golang.refused) > 0 && len(rest) < len(missing) {
		missing = rest // refused by the Go engine, and counted as rejects
	}
	var b strings.Builder
	for _, l := range missing {
		fmt.Fprintf(&b, "  only Flink: %s\n", l)
	}
	for _, l := range more {
		fmt.Fprintf(&b, "  only Go:    %s\n", l)
	}
	if java.dropped != golang.dropped {
		fmt.Fprintf(&b, "  rows with NULL: Flink %d, Go %d\n", java.dropped, golang.dropped)
	}
	if java.badTime != golang.badTime && !(java.badTime && len(golang.refused) > 0) {
		fmt.Fprintf(&b, "  an event time out of range: Flink %v, Go %v\n", java.badTime, golang.badTime)
	}
	return b.String()
}

// subtract returns what is in a and not in b, as multisets.
func subtract(a, b []string) (out []string) {
	have := map[string]int{}
	for _, s := range b {
		have[s]++
	}
	for _, s := range a {
		if have[s]--; have[s] < 0 {
			out = append(out, s)
		}
	}
	return out
}

func rowLine(component, metric, value string, unit *string, ms int64) string {
	u := "NULL"
	if unit != nil {
		u = strconv.Quote(*unit)
	}
	return fmt.Sprintf("%q %q %s %s %d", component, metric, canonical(value), u, ms)
}

// canonical writes JSON with sorted keys and numbers as float64; what is no JSON stays as it is.
func canonical(text string) string {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if !json.Valid([]byte(text)) || d.Decode(&v) != nil {
		return "no JSON: " + strconv.Quote(text)
	}
	var b strings.Builder
	appendCanonical(&b, v)
	return b.String()
}

func appendCanonical(b *strings.Builder, v any) {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			b.WriteString(v.String())
			return
		}
		b.WriteString(strconv.FormatFloat(f+0, 'g', -1, 64)) // -0 is 0
	case string:
		b.WriteString(strconv.Quote(v))
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			appendCanonical(b, e)
		}
		b.WriteByte(']')
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		b.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Quote(k) + ":")
			appendCanonical(b, v[k])
		}
		b.WriteByte('}')
	default:
		fmt.Fprint(b, v)
	}
}

var instant = regexp.MustCompile(`^([+-]?\d+)-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{9})Z$`)

// millis reads the oracle's text of an instant; its year may be beyond 9999.
func millis(s string) (int64, error) {
	m := instant.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("unreadable instant %q", s)
	}
	var n [7]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1])
	}
	return time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6], time.UTC).UnixMilli(), nil
}

// compare runs records through both engines and returns where they differ. It fails the test where an
// engine does not run at all.
func compare(t *testing.T, o *flink.Oracle, name, sql string, records [][]byte) (out []disagreement) {
	t.Helper()
	p, err := extract.Compile(name+".sql", []byte(sql))
	if err != nil {
		t.Errorf("%s: the Go engine refuses it:\n%v", name, err)
		return nil
	}
	memory := p.NewOutput()
	records = slices.DeleteFunc(slices.Clone(records), func(r []byte) bool { return endless(p, r, memory) })
	got, err := o.Run(sql, records)
	if errors.Is(err, flink.ErrStalled) {
		t.Errorf("%s: %v; its %d records were not compared:\n%s", name, err, len(records), sql)
		return nil
	}
	if err != nil {
		return []disagreement{{sql, nil, "  Flink refuses it: " + err.Error() + "\n"}}
	}
	if got.Failed != "" {
		return []disagreement{{sql, nil, "  the job fails on Flink: " + got.Failed + "\n"}}
	}
	faults := map[int]string{}
	hangs := map[int]bool{}
	for _, f := range got.Faults {
		switch f.Kind {
		case "query":
			faults[f.Record] = f.Message
		case "hang":
			hangs[f.Record] = true
		}
	}
	for i, r := range records {
		java, err := ofFlink(got.Rows[i])
		if err != nil {
			t.Fatal(err)
		}
		golang, err := ofGo(p, r, memory)
		text := difference(sql, r, java, golang)
		switch message := faults[i]; {
		case hangs[i] && text != "": // up to where it hangs the rows are the same, and here it must not hang
			text = "  a job on Flink stands still; the rows before that differ\n" + text
		case strings.Contains(message, "Key at index"):
			// A MAP that the decoder filled from the wrong place has a NULL key, and Flink cannot write it: it
			// loses the rest of the record, in the order of its plan. The Go engine says that the place was
			// lost, and delivers the rest.
			if len(subtract(java.rows, golang.rows)) == 0 && golang.lost {
				text = ""
			}
		case message != "":
			text = "  throws on Flink: " + message + "\n" + text
		}
		if err != nil {
			text = "  the Go engine breaks down: " + err.Error() + "\n"
		}
		if text != "" {
			out = append(out, disagreement{sql, r, text})
		}
	}
	return out
}

// endlessLeft bounds how many records without an end Flink gets: each costs a second until it is stopped.
var endlessLeft atomic.Int32

func init() { endlessLeft.Store(20) }

// endless reports whether a record must be left out because Flink would never come to its end, and
// enough of those have been compared.
func endless(p *extract.Program, r []byte, memory *extract.Output) bool {
	p.Run(r, memory)
	for _, problem := range memory.Problems {
		if strings.Contains(problem.Detail, "for ever") {
			return endlessLeft.Add(-1) < 0
		}
	}
	return false
}
