package decode_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract/check"
	"github.com/railtwin/digitaltwin/internal/extract/decode"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// feed is a table and records of its source.
type feed struct {
	name    string
	format  string
	decoder *decode.Decoder
	records [][]byte
}

// wagonColumns are 9 scalars and an array of objects with 3 scalars each, out of about 30.
var wagonColumns = columns(
	"header", rowOf("messageId", text, "sentAt", text),
	"wagon", rowOf("id", text),
	"position", rowOf("lat", double, "lon", double),
	"motion", rowOf("speedKmh", double),
	"axles", arrayOf(rowOf("n", integer, "bearingTempC", double, "loadKg", integer)),
	"brake", rowOf("pipePressureBar", double, "applied", boolean),
	"battery", rowOf("soc", integer),
)

var (
	text    = &types.Type{Kind: types.String}
	double  = &types.Type{Kind: types.Double}
	integer = &types.Type{Kind: types.Int}
	boolean = &types.Type{Kind: types.Boolean}
)

// columns makes fields of names and types by turns.
func columns(nameThenType ...any) (fields []types.Field) {
	for i := 0; i < len(nameThenType); i += 2 {
		fields = append(fields, types.Field{Name: nameThenType[i].(string), Type: nameThenType[i+1].(*types.Type)})
	}
	return fields
}

func rowOf(nameThenType ...any) *types.Type {
	return &types.Type{Kind: types.Row, Fields: columns(nameThenType...)}
}

func arrayOf(elem *types.Type) *types.Type { return &types.Type{Kind: types.Array, Elem: elem} }

// wagonRecords makes n records of about 616 bytes that differ in every value.
func wagonRecords(n int) (records [][]byte) {
	r := rand.New(rand.NewPCG(1, 2))
	decimal := func(low, high float64, digits int) string {
		v := fmt.Sprintf("%.*f", digits, low+r.Float64()*(high-low))
		if digits > 0 && r.IntN(10) == 0 {
			v = v[:len(v)-1] + "5"
		}
		return v
	}
	for range n {
		axles := ""
		for axle := range 4 {
			axles += fmt.Sprintf(`,{"n":%d,"bearingTempC":%s,"loadKg":%d}`, axle+1, decimal(-20, 90, 1+r.IntN(2)),
				2000+r.IntN(12000))
		}
		records = append(records,
			fmt.Appendf(nil,
				`{"header":{"messageId":"%08x-%04x-%04x-%04x-%012x","type":"wagon.telemetry","schema":"v3","sentAt":"2026-%02d-%02dT%02d:%02d:%02d.%03dZ"},`+
					`"wagon":{"id":"33 80 7845 %03d-%d","operator":"RailCo Cargo","fleet":"%s"},"position":{"lat":%s,"lon":%s,"alt":%s,"fix":"3D","sats":%d},`+
					`"motion":{"speedKmh":%s,"heading":%d,"mileageKm":%s},"axles":[%s],"brake":{"pipePressureBar":%s,"applied":%t},"battery":{"v":%s,"soc":%d}}`,
				r.Uint32(), r.IntN(1<<16), r.IntN(1<<16), r.IntN(1<<16), r.Uint64N(1<<48), 1+r.IntN(12), 1+r.IntN(28), r.IntN(24),
				r.IntN(60), r.IntN(60), r.IntN(1000),
				r.IntN(1000), r.IntN(10), []string{"tank", "flat", "hopper"}[r.IntN(3)], decimal(45, 55, 6), decimal(5, 15, 6),
				decimal(0, 1500, 1), r.IntN(20),
				decimal(0, 120, 1), r.IntN(360), decimal(1000, 900000, 1), axles[1:], decimal(0, 5, 2), r.IntN(2) == 0,
				decimal(11, 14, 2), r.IntN(101)))
	}
	return records
}

// feeds are the generated wagons and every sample of a real provider with the columns that its
// extractor declares.
func feeds(tb testing.TB) (all []feed) {
	wagon, err := decode.New("json", wagonColumns, decode.Options{IgnoreParseErrors: true})
	if err != nil {
		tb.Fatal(err)
	}
	all = append(all, feed{"wagon616", "json", wagon, wagonRecords(512)})
	for _, e := range extractors.OnGo() {
		file, problems := syntax.Parse(diag.Source{Name: e.Name, Text: string(e.SQL)})
		if len(problems) > 0 {
			tb.Fatal(problems)
		}
		result := check.Check(file, func(int, int, diag.Verdict, string, string) {}) // only its tables count here
		for _, table := range result.Tables {
			f := feed{e.Name, table.Format, table.Decoder, nil}
			f.records = extractors.Records(e.Name)
			if len(f.records) > 0 {
				all = append(all, f)
			}
		}
	}
	return all
}

// counter counts what a decoder gives.
type counter struct{ rows, problems int }

func (c *counter) Row()                   { c.rows++ }
func (c *counter) Problem(decode.Problem) { c.problems++ }

// eachRecord runs f over the records of a feed, one for each round, and reports bytes per second.
func eachRecord(b *testing.B, records [][]byte, f func([]byte)) {
	total := 0
	for _, r := range records {
		f(r)
		total += len(r)
	}
	b.SetBytes(int64(total / len(records)))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		f(records[i])
		if i++; i == len(records) {
			i = 0
		}
	}
}

// BenchmarkDecode decodes; its neighbour in the same run, BenchmarkValidate, only validates the same
// bytes. Their quotient is R.
func BenchmarkDecode(b *testing.B) {
	for _, f := range feeds(b) {
		b.Run(f.name, func(b *testing.B) {
			rec := row.NewRecord(f.decoder.Layout())
			var sink counter
			eachRecord(b, f.records, func(msg []byte) { f.decoder.Decode(msg, rec, &sink) })
			if sink.rows == 0 {
				b.Fatal("no row")
			}
		})
	}
}

// BenchmarkCursor decodes without the scanner, as records that are not plain are.
func BenchmarkCursor(b *testing.B) {
	for _, f := range feeds(b) {
		if f.format != "json" {
			continue
		}
		b.Run(f.name, func(b *testing.B) {
			rec := row.NewRecord(f.decoder.Layout())
			var sink counter
			eachRecord(b, f.records, func(msg []byte) {
				rec.Scratch = rec.Scratch[:0]
				f.decoder.Walk(msg, rec, &sink)
			})
		})
	}
}

// BenchmarkValidate is a strict validating scan by encoding/json: built with GOEXPERIMENT=jsonv2 by its
// second version.
func BenchmarkValidate(b *testing.B) {
	for _, f := range feeds(b) {
		if f.format != "json" {
			continue
		}
		b.Run(f.name, func(b *testing.B) {
			eachRecord(b, f.records, func(msg []byte) {
				if !json.Valid(msg) {
					b.Fatal("not JSON")
				}
			})
		})
	}
}
