package flink_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/tier"
	"github.com/railtwin/digitaltwin/test/flink"
	"github.com/railtwin/digitaltwin/test/flink/generate"
)

const recordsEach = 25 // of a generated program

// accepts is the engine's answer to a generated SQL text: the message of its first refusal, or "".
func accepts(sql string) string {
	_, err := extract.Compile("source.sql", []byte(sql))
	if list, ok := err.(diag.List); ok {
		return list[0].Message
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// Ensure both engines deliver the same for generated extractors over generated records.
func TestGeneratedPrograms(t *testing.T) {
	split := flink.Start(t)
	whole := *split
	whole.WholeCode = true
	var all []disagreement
	inParallel(programs(), func(i int) {
		o := &whole
		if i%10 == 0 { // some as Flink does by default
			o = split
		}
		g := generate.New(tier.Seed()<<32 + uint64(i))
		p := g.Program(accepts, recordsEach)
		found := compare(t, o, fmt.Sprint("program ", i), p.SQL, p.Records)
		if len(found) > 0 {
			found = []disagreement{narrowed(t, o, p, found[0])}
		}
		counted(func() {
			keep(t, found) // at once: a run is long
			all = append(all, found...)
			tally.programs++
			tally.records += len(p.Records)
		})
	})
	fail(t, all)
}

// narrowed finds the one INSERT and the small record that a disagreement needs.
func narrowed(t *testing.T, o *flink.Oracle, p generate.Program, d disagreement) disagreement {
	for _, e := range p.Emits {
		records := p.Records
		if d.record != nil {
			records = [][]byte{d.record}
		}
		if found := compare(t, o, "source", p.Head+e, records); len(found) > 0 {
			return smaller(t, o, "source", found[:1])[0]
		}
	}
	return d
}

// Ensure both engines give the same value for generated expressions, and that Flink plans each.
func TestGeneratedExpressions(t *testing.T) {
	o := flink.Start(t)
	const each = 200
	var all []disagreement
	inParallel((expressions()+each-1)/each, func(i int) {
		g := generate.New(tier.Seed()<<32 + 1<<31 + uint64(i))
		b := g.Expressions(accepts, each, recordsEach)
		found := compareExpressions(t, o, b.Table, b.Exprs, b.Records)
		found = onePerText(found)
		for k := range min(len(found), 5) {
			found[k] = simpler(t, o, b.Table, found[k])
		}
		counted(func() {
			keep(t, found) // at once: a run is long
			all = append(all, found...)
			tally.expressions += len(b.Exprs)
			tally.records += len(b.Records)
		})
	})
	fail(t, all)
}

// compareExpressions evaluates expressions that give JSON text on both engines.
func compareExpressions(t *testing.T, o *flink.Oracle, table string, exprs []string,
	records [][]byte) (out []disagreement) {
	t.Helper()
	got, err := o.Eval(table, "`source` AS t", exprs, records)
	if err != nil {
		t.Errorf("Flink: %v\n%s", err, table)
		return nil
	}
	var sql strings.Builder
	sql.WriteString(table)
	for i, e := range exprs {
		sql.WriteString(generate.ToInsert(e, i))
		if got.Refused[i] != nil {
			out = append(out, disagreement{table + e, nil, "  Flink refuses it: " + *got.Refused[i] + "\n"})
		}
	}
	p, err := extract.Compile("source.sql", []byte(sql.String()))
	if err != nil {
		t.Errorf("the Go engine takes each alone, but not all: %v", err)
		return nil
	}
	memory := p.NewOutput()
	memory.MaxRows = 1 << 30
	for r, record := range records {
		p.Run(record, memory)
		golang := make([][]string, len(exprs))
		for k := range memory.Rows {
			var i int
			fmt.Sscanf(string(memory.Rows[k].Metric), "m%d", &i)
			golang[i] = append(golang[i], canonical(string(memory.Rows[k].Value)))
		}
		for i, e := range exprs {
			if got.Refused[i] != nil {
				continue
			}
			if text := valueDifference(got.Rows[r], i, golang[i]); text != "" {
				out = append(out, disagreement{table + e, record, text})
			}
		}
	}
	return out
}

// onePerText keeps the first disagreement of each SQL text.
func onePerText(all []disagreement) []disagreement {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(d disagreement) bool {
		before := seen[d.sql]
		seen[d.sql] = true
		return before
	})
}

// simpler makes the expression of a disagreement smaller while it stays one.
func simpler(t *testing.T, o *flink.Oracle, table string, d disagreement) disagreement {
	records := [][]byte{d.record}
	if d.record == nil {
		records[0] = []byte("{}")
	}
	for range 10 {
		var exprs []string
		for _, e := range generate.SmallerExpr(strings.TrimPrefix(d.sql, table)) {
			if len(exprs) < 150 && strings.HasPrefix(e, "JSON_STRING(") && accepts(table+generate.ToInsert(e, 0)) == "" {
				exprs = append(exprs, e)
			}
		}
		if len(exprs) == 0 {
			return d
		}
		found := compareExpressions(t, o, table, exprs, records)
		if len(found) == 0 {
			return d
		}
		d = slices.MinFunc(found, func(a, b disagreement) int { return len(a.sql) - len(b.sql) })
	}
	return d
}

// valueDifference compares the values of one expression over the rows of one record.
func valueDifference(rows [][]flink.Value, column int, golang []string) string {
	var java []string
	for _, row := range rows {
		v := row[column]
		if v.Error != "" {
			return "  throws on Flink: " + v.Error + "\n"
		}
		var s *string
		if err := json.Unmarshal(v.JSON, &s); err != nil {
			return "  not a text on Flink: " + string(v.JSON) + "\n"
		}
		if s != nil && *s != `"NaN"` && *s != `"Infinity"` && *s != `"-Infinity"` {
			java = append(java, canonical(*s))
		}
	}
	golang = slices.DeleteFunc(slices.Clone(golang),
		func(s string) bool { return s == `"NaN"` || s == `"Infinity"` || s == `"-Infinity"` })
	slices.Sort(java)
	slices.Sort(golang)
	if slices.Equal(java, golang) {
		return ""
	}
	return fmt.Sprintf("  Flink %s\n  Go    %s\n", strings.Join(java, ", "), strings.Join(golang, ", "))
}

// inParallel calls f for 0 to n-1, as many at once as the oracle takes jobs.
func inParallel(n int, f func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range 2 {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
