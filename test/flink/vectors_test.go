package flink_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/test/flink"
	"github.com/railtwin/digitaltwin/test/flink/generate"
)

var update = flag.Bool("update", false, "record testdata/vectors anew from real Flink")

// vector is an extractor with records, and what Flink made of them.
type vector struct {
	name    string
	sql     string
	records [][]byte
	rows    []string // by record, as [delivery.String] writes it
	refused bool     // Flink refuses the extractor
	written bool     // by a person, who may show a refusal
}

// Ensure the Go engine delivers what was recorded from real Flink. This proof needs no JVM, but for -update, which
// records it anew.
func TestVectors(t *testing.T) {
	if *update {
		recordAll(t)
	}
	files, err := filepath.Glob("testdata/vectors/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			vectors, err := readVectors(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range vectors {
				p, err := extract.Compile(v.name+".sql", []byte(v.sql))
				if (err != nil) != v.refused {
					t.Errorf("%s: Flink refuses it: %v; the Go engine says: %v\n%s", v.name, v.refused, err, v.sql)
				}
				if err != nil {
					continue
				}
				out := p.NewOutput()
				for i, r := range v.records {
					golang, err := ofGo(p, r, out)
					if got := golang.String(); err != nil || got != v.rows[i] {
						t.Errorf("%s: record %q gives\n%swant, as Flink gave,\n%s%v\n%s", v.name, r, got, v.rows[i], err, v.sql)
					}
				}
				tally.vectors += len(v.records)
			}
		})
	}
}

// String is what vectors hold of a delivery: the rows but those that the Go engine may reject for their
// value, how many were dropped, and whether there were event times that no change may have.
func (d delivery) String() string {
	var b strings.Builder
	for _, r := range d.rows {
		if !noNumber.MatchString(r) {
			b.WriteString("  " + r + "\n")
		}
	}
	if d.dropped > 0 {
		fmt.Fprintf(&b, "  %d with NULL\n", d.dropped)
	}
	if d.badTime {
		b.WriteString("  out of range\n")
	}
	return b.String()
}

var noNumber = regexp.MustCompile(` ("NaN"|"-?Infinity"|no JSON: ".*") (NULL|".*") -?\d+$`)

func recordAll(t *testing.T) {
	o := flink.Start(t)
	for name, vectors := range map[string]func() []vector{
		"spoilt":      spoiltVectors,
		"programs":    func() []vector { return programVectors(40) },
		"expressions": func() []vector { return expressionVectors(6, 50) },
	} {
		record(t, o, name, vectors())
	}
	for name, vectors := range writtenVectors(t) {
		t.Run(name, func(t *testing.T) { record(t, o, name, vectors) })
	}
}

// Ensure both engines deliver the same for the extractors and records that a person wrote down, or refuse both.
func TestWrittenRecords(t *testing.T) {
	o := flink.Start(t)
	for file, vectors := range writtenVectors(t) {
		for _, v := range vectors {
			t.Run(file+"/"+v.name, func(t *testing.T) {
				t.Parallel()
				if _, err := extract.Compile(v.name+".sql", []byte(v.sql)); err == nil {
					report(t, compare(t, o, v.name, v.sql, v.records))
				} else if _, flinks := o.Run(v.sql, v.records); flinks == nil {
					t.Errorf("the Go engine refuses what Flink takes: %v\n%s", err, v.sql)
				}
				counted(func() { tally.cases++; tally.records += len(v.records) })
			})
		}
	}
}

// record runs the vectors on Flink and writes the file.
func record(t *testing.T, o *flink.Oracle, file string, vectors []vector) {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "What Flink %s on Java %s made of these records; written by go test -run TestVectors -update.\n",
		o.Flink, o.Java)
	fmt.Fprint(&b, "A line of records is a record, as a Go string literal where it begins with ~. Rows are by "+
		"record:\ncomponent metric value unit milliseconds.\n")
	for _, v := range vectors {
		got, err := o.Run(v.sql, v.records)
		if got.Failed != "" || err != nil && !v.written {
			t.Errorf("%s: Flink: %v %s\n%s", v.name, err, got.Failed, v.sql)
			continue
		}
		if err != nil {
			fmt.Fprintf(&b, "-- %s.sql --\n%s-- %s.refused --\n%s\n", v.name, v.sql, v.name,
				strings.Join(strings.Fields(err.Error()), " "))
			continue
		}
		fmt.Fprintf(&b, "-- %s.sql --\n%s-- %s.records --\n", v.name, v.sql, v.name)
		for _, r := range v.records {
			b.WriteString(recordLine(r) + "\n")
		}
		fmt.Fprintf(&b, "-- %s.rows --\n", v.name)
		for i := range v.records {
			d, err := ofFlink(got.Rows[i])
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%d\n%s", i, d)
		}
	}
	if err := os.WriteFile(filepath.Join("testdata/vectors", file+".txtar"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func recordLine(r []byte) string {
	s := string(r)
	if !utf8.ValidString(s) || strings.HasPrefix(s, "~") || strings.HasPrefix(s, "-- ") ||
		strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) || strings.TrimSpace(s) != s {
		return "~" + strconv.QuoteToASCII(s)
	}
	return s
}

func readRecords(data []byte) (out [][]byte, err error) {
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if literal, ok := strings.CutPrefix(line, "~"); ok {
			if line, err = strconv.Unquote(literal); err != nil {
				return nil, fmt.Errorf("%s: %w", literal, err)
			}
		}
		out = append(out, []byte(line))
	}
	return out, nil
}

func readVectors(file string) (out []vector, err error) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		return nil, err
	}
	for _, f := range a.Files {
		name, kind, _ := strings.Cut(f.Name, ".")
		if kind == "sql" {
			out = append(out, vector{name: name, sql: string(f.Data)})
			continue
		}
		v := &out[len(out)-1]
		switch kind {
		case "records":
			if v.records, err = readRecords(f.Data); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		case "values": // each is the value of every column of the table
			values, err := readRecords(f.Data)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			for _, x := range values {
				v.records = append(v.records, fmt.Appendf(nil,
					`{"v":%[1]s,"i":%[1]s,"l":%[1]s,"d":%[1]s,"e":%[1]s,"o":%[1]s,"t":%[1]s,"z":%[1]s}`, x))
			}
		case "refused":
			v.refused = true
		case "rows":
			v.rows = make([]string, len(v.records))
			i := 0
			for line := range strings.Lines(string(f.Data)) {
				if strings.HasPrefix(line, "  ") {
					v.rows[i] += line
				} else if i, err = strconv.Atoi(strings.TrimSpace(line)); err != nil || i >= len(v.rows) {
					return nil, fmt.Errorf("%s: %s: unexpected line %q", file, f.Name, line)
				}
			}
		}
	}
	return out, nil
}

// writtenVectors are the extractors and records that a person wrote down, by file.
func writtenVectors(t *testing.T) map[string][]vector {
	files, err := filepath.Glob("testdata/records/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no records: %v", err)
	}
	all := map[string][]vector{}
	for _, file := range files {
		vectors, err := readVectors(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := range vectors {
			vectors[i].written = true
		}
		all[strings.TrimSuffix(filepath.Base(file), ".txtar")] = vectors
	}
	return all
}

// spoiltVectors are a few mutated real records for each extractor.
func spoiltVectors() (out []vector) {
	for i, e := range extractors.OnGo() {
		g := generate.New(uint64(i))
		v := vector{name: e.Name, sql: string(e.SQL)}
		base := samples(e.Name)
		for k := range 20 {
			r := g.Mutate(generate.Trim(base[k*len(base)/20%len(base)], 2))
			if len(r) < 1000 {
				v.records = append(v.records, r)
			}
		}
		out = append(out, v)
	}
	return out
}

func programVectors(n int) (out []vector) {
	for i := range n {
		p := generate.New(uint64(i)).Program(accepts, 5)
		out = append(out, vector{name: fmt.Sprint("program", i), sql: p.SQL, records: p.Records})
	}
	return out
}

func expressionVectors(n, each int) (out []vector) {
	for i := range n {
		b := generate.New(uint64(1000+i)).Expressions(accepts, each, 5)
		sql := b.Table
		for k, e := range b.Exprs {
			sql += generate.ToInsert(e, k)
		}
		out = append(out, vector{name: fmt.Sprint("expressions", i), sql: sql, records: b.Records})
	}
	return out
}
