package runner_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/flink"
)

// What a person reckons for extractors/testdata/wagon_motion: component, metric, value, unit, time of day.
// The mean of a bearing in a minute is compared with the mean of the others' means.
const wagonMotion = `
001-1 speed.mean 85 km/h 10:00:40.500
001-1 speed.max 90 km/h 10:00:40.500
001-1 standstill false - 10:00:40.500
001-1 axle.1.bearing.excess -16 K 10:00:40.500
001-1 axle.2.bearing.excess -13.3 K 10:00:40.500
001-1 axle.3.bearing.excess 44 K 10:00:40.500
001-1 axle.4.bearing.excess -14.7 K 10:00:40.500
001-1 axle.1.bearing.hot false - 10:00:40.500
001-1 axle.2.bearing.hot false - 10:00:40.500
001-1 axle.3.bearing.hot true - 10:00:40.500
001-1 axle.4.bearing.hot false - 10:00:40.500
001-1 speed.mean 100 km/h 10:01:30.000
001-1 speed.max 100 km/h 10:01:30.000
001-1 standstill false - 10:01:30.000
001-1 axle.1.bearing.excess -1.5 K 10:01:30.000
001-1 axle.2.bearing.excess 1.5 K 10:01:30.000
001-1 axle.4.bearing.excess 0 K 10:01:30.000
001-1 axle.1.bearing.hot false - 10:01:30.000
001-1 axle.2.bearing.hot false - 10:01:30.000
001-1 axle.4.bearing.hot false - 10:01:30.000
002-9 speed.mean 0.2 km/h 10:00:35.000
002-9 speed.max 0.4 km/h 10:00:35.000
002-9 standstill true - 10:00:35.000
002-9 speed.mean 0 km/h 10:01:05.000
002-9 speed.max 0 km/h 10:01:05.000
002-9 standstill true - 10:01:05.000
002-9 standstill.duration 60 s 10:01:05.000
002-9 speed.mean 30 km/h 10:02:20.000
002-9 speed.max 30 km/h 10:02:20.000
002-9 standstill false - 10:02:20.000
002-9 axle.1.bearing.excess -0.5 K 10:02:20.000
002-9 axle.2.bearing.excess 0.5 K 10:02:20.000
002-9 axle.1.bearing.hot false - 10:02:20.000
002-9 axle.2.bearing.hot false - 10:02:20.000
003-7 speed.mean 0 km/h 10:07:00.250
003-7 speed.max 0 km/h 10:07:00.250
003-7 standstill true - 10:07:00.250
003-7 standstill.duration 0 s 10:07:00.250
`

// Ensure that wagon_motion delivers what is reckoned by hand. The end of the stream ends its last minutes.
func TestWagonMotion(t *testing.T) {
	e, err := extractors.Get("wagon_motion")
	if err != nil {
		t.Fatal(err)
	}
	d, counts := run(t, flink.Job{Dataset: e.Name, SQL: e.SQL,
		Sources: map[string]*flink.Stream{e.Name: source(extractors.Records(e.Name)...)}})
	if want := (flink.Counts{Unreadable: 1}); counts != want { // the record that is cut in two
		t.Errorf("counted %+v, want %+v", counts, want)
	}
	var got []string
	for _, c := range d.all(t) {
		f := strings.Fields(line(&c))[3:] // behind dataset, extractor and revision
		if len(f) == 4 {
			f = slices.Insert(f, 3, "-")
		}
		f[0] = strings.TrimPrefix(f[0], "wagon:31-85-0000-")
		f[4] = strings.TrimSuffix(strings.TrimPrefix(f[4], "2026-11-23T"), "Z")
		got = append(got, strings.Join(f, " "))
	}
	want := strings.Split(strings.TrimSpace(wagonMotion), "\n")
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
