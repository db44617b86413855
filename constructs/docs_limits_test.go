package constructs_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
)

// bounds finds the least and the greatest value of a setting in what the documents say of it.
var bounds = regexp.MustCompile(`(?:(\d[\d,]*) to|at most|up to) (\d[\d,]*)(?: seconds)?`)

// Ensure that the bounds that the documents state are those of the constructs, to the unit.
func TestDocumentedLimits(t *testing.T) {
	least, greatest := map[string]int{}, map[string]int{}
	tables := strings.Split(section(t, "Settings"), "Of a dataset")
	for i := range tables {
		for _, row := range rowsOf(tables[i]) {
			m := bounds.FindStringSubmatch(row[1] + "; " + row[2])
			if m == nil || strings.HasSuffix(m[0], " seconds") { // how long something takes
				continue
			}
			setting := names(row[0])[0]
			if i == 1 {
				setting = "datasets." + setting
			}
			for into, text := range map[*map[string]int]string{&least: m[1], &greatest: m[2]} {
				if n, err := strconv.Atoi(strings.ReplaceAll(text, ",", "")); err == nil {
					(*into)[setting] = n
				}
			}
		}
	}
	if len(least) < 3 || len(greatest) < 8 {
		t.Fatalf("the documents bound %v and %v only", least, greatest)
	}
	for _, all := range []map[string]int{least, greatest} {
		if _, err := synthesizeWith(t, environmentWith(t, all), extractors.All()); err != nil {
			t.Errorf("the documents allow %v: %v", all, err)
		}
	}
	for step, all := range map[int]map[string]int{-1: least, 1: greatest} {
		for _, setting := range slices.Sorted(maps.Keys(all)) {
			beyond := all[setting] + step
			if beyond == 0 {
				continue // is the default
			}
			_, err := synthesizeWith(t, environmentWith(t, map[string]int{setting: beyond}), extractors.All())
			if err == nil || !strings.Contains(err.Error(), ": want ") {
				t.Errorf("%s may be %d, and the documents end at %d: %v", setting, beyond, all[setting], err)
			}
		}
	}
}

// environmentWith is an environment with some settings. Those of Flink are of a dataset that runs there.
func environmentWith(t *testing.T, settings map[string]int) string {
	t.Helper()
	units := map[string]any{"min": 1, "max": 2}
	wagons, meters := map[string]any{}, map[string]any{"engine": "flink"}
	e := map[string]any{
		"removal": "retain", "capacity": map[string]any{"read": units, "write": units},
		"datasets": map[string]any{"wagon_telemetry": wagons, "shelly_pro3em": meters},
	}
	for setting, value := range settings {
		into := e
		if name, of := strings.CutPrefix(setting, "datasets."); of {
			setting, into = name, wagons
			if strings.HasPrefix(name, "flink.") {
				into = meters
			}
		}
		if group, name, nested := strings.Cut(setting, "."); nested {
			inner, ok := into[group].(map[string]any)
			if !ok {
				inner = map[string]any{}
				into[group] = inner
			}
			into, setting = inner, name
		}
		into[setting] = value
	}
	b, err := json.Marshal(map[string]any{"limits": e})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
