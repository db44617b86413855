package decode_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/row"
)

// BenchmarkIrregular decodes records whose names come in ever new orders, which neither guesses nor shapes fit.
func BenchmarkIrregular(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	var records [][]byte
	for _, msg := range wagonRecords(512) {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(msg, &fields); err != nil {
			b.Fatal(err)
		}
		names := slices.Sorted(maps.Keys(fields))
		r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		shuffled := []byte("{")
		for i, n := range names {
			if i > 0 {
				shuffled = append(shuffled, ',')
			}
			shuffled = append(append(append(append(shuffled, '"'), n...), `":`...), fields[n]...)
		}
		records = append(records, append(shuffled, '}'))
	}
	wagon := feeds(b)[0].decoder
	rec := row.NewRecord(wagon.Layout())
	var sink counter
	eachRecord(b, records, func(msg []byte) { wagon.Decode(msg, rec, &sink) })
	if sink.problems > 0 {
		b.Fatal("a record could not be read")
	}
}
