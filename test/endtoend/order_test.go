package endtoend

import (
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/tier"
)

var seed = flag.Uint64("seed", tier.Seed(), "of the first round of the tests that shuffle")

// Feeding the records of any sample in any order, twice, in any batches, ends in the same state.
func TestAnyOrder(t *testing.T) {
	const rounds = 3
	for _, e := range served(t) {
		t.Run(e.Name, func(t *testing.T) {
			records := extractors.Records(e.Name)
			once := newWay(t, e)
			once.feed(records)
			want := once.all(1000)
			for round := range uint64(rounds) {
				random := rand.New(rand.NewPCG(*seed+round, 0))
				twice := append(append([][]byte{}, records...), records...)
				random.Shuffle(len(twice), func(i, j int) { twice[i], twice[j] = twice[j], twice[i] })
				w := newWay(t, e)
				for len(twice) > 0 {
					n := min(1+random.IntN(1+random.IntN(200)), len(twice))
					w.feed(twice[:n])
					twice = twice[n:]
				}
				got := w.all(1000)
				if wrong := differences(want, got); len(wrong) > 0 {
					t.Errorf("seed %d: %d readings differ, such as %s", *seed+round, len(wrong), wrong[0])
				}
			}
		})
	}
}

// differences compares what is said of each component.metric, but for the lineage.
func differences(want, got []reading) (wrong []string) {
	said := func(readings []reading) map[string]string {
		m := map[string]string{}
		for _, r := range readings {
			m[r.Component+" "+r.Metric] = string(r.Value) + " " + r.unit() + " " + r.EventTime
		}
		return m
	}
	w, g := said(want), said(got)
	for k, v := range w {
		if g[k] != v {
			wrong = append(wrong, k+": "+g[k]+", want "+v)
		}
	}
	for k := range g {
		if _, ok := w[k]; !ok {
			wrong = append(wrong, k+": must not exist")
		}
	}
	return wrong
}
