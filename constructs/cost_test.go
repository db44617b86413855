package constructs_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/cost"
	"github.com/railtwin/digitaltwin/internal/tier"
)

const costDocs = "../docs/costs.md"

// profiles are in the order of the documents, from the fastest.
var profiles = []string{"low-latency", "normal", "thrifty"}

// byRequest is the environment of a profile whose table has no capacity.
func byRequest(profile string) string { return "od-" + profile }

// reference synthesizes, once, the environments of docs/costs.md, and each of them without its capacity.
var reference = sync.OnceValues(func() (*app, error) {
	text, err := os.ReadFile(costDocs)
	if err != nil {
		return nil, err
	}
	var environments map[string]map[string]any
	if err := json.Unmarshal([]byte(block(string(text), "json")), &environments); err != nil {
		return nil, err
	}
	context := contextOfApp()
	all := map[string]any{}
	for _, name := range profiles {
		other := map[string]any{}
		for setting, v := range environments[name] {
			if setting != "capacity" {
				other[setting] = v
			}
		}
		all[name], all[byRequest(name)] = environments[name], other
	}
	context["environments"] = all
	dir, err := sharedDir()
	if err != nil {
		return nil, err
	}
	return synthesize(dir, context, extractors.All())
})

// block returns the first block of a text in a language.
func block(text, language string) string {
	_, text, _ = strings.Cut(text, "\n```"+language+"\n")
	text, _, _ = strings.Cut(text, "\n```")
	return text
}

func theReference(t *testing.T) *app {
	t.Helper()
	tier.Node(t)
	a, err := reference()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// planOf is what is paid for in an environment of the reference.
func planOf(t *testing.T, environment string) cost.Plan {
	t.Helper()
	p, err := cost.ReadPlan(theReference(t).App, environment)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// workload is the one of the documents.
func workload(t *testing.T) cost.Workload {
	t.Helper()
	text, err := os.ReadFile("../docs/workload.json")
	if err != nil {
		t.Fatal(err)
	}
	w, err := cost.ReadWorkload(text)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// bill is the bill of an environment of the reference.
func bill(t *testing.T, environment string) cost.Statement {
	t.Helper()
	s, err := cost.Bill(planOf(t, environment), workload(t), cost.Known(), cost.Assumed())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Ensure that the workload of reference costs at most what is promised, with the capacity that is advised.
func TestCostOfTheReference(t *testing.T) {
	for name, most := range map[string]float64{"normal": 300, "thrifty": 195} {
		if got := bill(t, name).Total(); got > most {
			t.Errorf("%s costs %.2f USD a month, want at most %.0f", name, got, most)
		}
		setting := cost.Advise(planOf(t, byRequest(name)), workload(t), cost.Assumed()).Setting()
		text, err := os.ReadFile(costDocs)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(strings.Fields(string(text)), ""), strings.Join(strings.Fields(setting), "")) {
			t.Errorf("the environment %s of %s does not have what is advised: %s", name, costDocs, setting)
		}
	}
}

// sheets are bills of environments of docs/costs.md, made by hand: a price times what a month takes of it, in millions
// where the price is for a million. A month has 730 hours and 2.628 million seconds: 30.41667 million calls of the API
// and 262.8 million records. A batch of the profile thrifty is full after 56.34 s: 6 MiB of records that are 1,116.67
// bytes with what AWS Lambda puts around them; that are 46,645 batches.
var sheets = map[string]map[string]float64{
	"normal": {
		"keys": 7 * 1.00, "secrets of clients": 0.40, "dashboard": 3.00, "alarms": 36 * 0.10,
		"twin stream": 730 * 0.018, "source stream of wagon_telemetry": 730 * 0.018,
		"twin stream, PUT units":                      2.628 * 33.07 * 0.0175, // of 35 keys, 100 records have 33.07
		"source stream of wagon_telemetry, PUT units": 262.8 * 0.0175,
		"table, write capacity":                       112 * 730 * 0.000793, // 100 a second, which is 90 % of 112
		"table, read capacity":                        62 * 730 * 0.0001586, // half of 100 + 11.57, which is 90 % of 62
		"indexes, write capacity":                     2 * 730 * 0.000793, "indexes, read capacity": 2 * 730 * 0.0001586,
		"table, storage": 0, "table, recovery": 0,
		"extract of wagon_telemetry, calls": 2.628 * 0.20, "extract of wagon_telemetry, time": 2.628 * 0.031 * 0.5 * 13.3334,
		"apply, calls": 2.628 * 0.20, "apply, time": 2.628 * 0.060 * 0.5 * 13.3334,
		"query, calls": 30.41667 * 0.20, "query, time": 30.41667 * 0.010 * 0.5 * 13.3334,
		"API":        30.41667 * 3.70,
		"access log": 30.41667e6 * 266 / 1073741824 * 0.63, "logs of functions": 2 * 2.628e6 * 626 / 1073741824 * 0.63,
		"tokens": 730 * 0.00225, "metrics of datasets": 12 * 0.30, "metrics of triggers": 2 * 6 * 0.30,
	},
	"thrifty": {
		"keys": 7 * 1.00, "secrets of clients": 0.40, "dashboard": 3.00, "alarms": 36 * 0.10,
		"twin stream": 730 * 0.018, "source stream of wagon_telemetry": 730 * 0.018,
		"twin stream, PUT units":                      0.046645 * 76 * 0.0175, // 1.94 MB in units of 25 KiB
		"source stream of wagon_telemetry, PUT units": 262.8 * 0.0175,
		"table, write capacity":                       20 * 730 * 0.000793,  // 1,000 in 56.34 s, which is 90 % of 20
		"table, read capacity":                        17 * 730 * 0.0001586, // half of 17.75 + 11.57, which is 90 % of 17
		"indexes, write capacity":                     2 * 730 * 0.000793, "indexes, read capacity": 2 * 730 * 0.0001586,
		"table, storage": 0, "table, recovery": 0,
		"extract of wagon_telemetry, calls": 0.046645 * 0.20,
		"extract of wagon_telemetry, time":  0.046645 * 0.0863 * 0.5 * 13.3334,
		"apply, calls":                      0.046645 * 0.20, "apply, time": 0.046645 * 0.330 * 0.5 * 13.3334,
		"query, calls": 30.41667 * 0.20, "query, time": 30.41667 * 0.010 * 0.5 * 13.3334,
		"API":        30.41667 * 3.70,
		"access log": 30.41667e6 * 266 / 1073741824 * 0.63, "logs of functions": 2 * 0.046645e6 * 626 / 1073741824 * 0.63,
		"tokens": 730 * 0.00225, "metrics of datasets": 12 * 0.30, "metrics of triggers": 2 * 6 * 0.30,
	},
}

// Ensure that a bill is the one that is made by hand, line by line, within two percent and half a cent.
func TestCostByHand(t *testing.T) {
	for environment, sheet := range sheets {
		var total float64
		for _, usd := range sheet {
			total += usd
		}
		s := bill(t, environment)
		for _, i := range s.Items {
			want, ok := sheet[i.What]
			if !ok {
				t.Errorf("%s: %s, %.2f = %s, is not in the sheet", environment, i.What, i.USD, i.Arithmetic)
			}
			if math.Abs(i.USD-want) > 0.02*want+0.005 {
				t.Errorf("%s: %s is %.2f, by hand %.2f", environment, i.What, i.USD, want)
			}
		}
		if len(sheet) != len(s.Items) || math.Abs(s.Total()-total) > 0.02*total {
			t.Errorf("%s: %d items of %.2f, by hand %d of %.2f", environment, len(s.Items), s.Total(), len(sheet), total)
		}
		t.Logf("%s: %.2f, by hand %.2f", environment, s.Total(), total)
	}
}

// Ensure that what a lever would change is what it changes: the bills of other templates say so.
func TestCostOfLevers(t *testing.T) {
	for _, from := range profiles {
		for _, environment := range []string{from, byRequest(from)} {
			now := bill(t, environment)
			levers, err := cost.Levers(now.Plan, workload(t), cost.Known(), cost.Assumed())
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]float64{}
			for _, l := range levers {
				got[l.Setting] = l.USD
			}
			for _, to := range profiles {
				if to == from {
					continue
				}
				setting, then := fmt.Sprintf(`"profile": %q`, to), byRequest(to)
				if environment == from {
					setting, then = setting+`, with the "capacity" advised then`, to
				}
				if want := bill(t, then).Total() - now.Total(); math.Abs(got[setting]-want) > 0.01 {
					t.Errorf("%s: %s is said to change %+.2f, and changes %+.2f", environment, setting, got[setting], want)
				}
			}
			setting, then := `"capacity" as advised`, from
			if environment == from {
				setting, then = `no "capacity": paid by request`, byRequest(from)
			}
			if want := bill(t, then).Total() - now.Total(); math.Abs(got[setting]-want) > 0.01 {
				t.Errorf("%s: %s is said to change %+.2f, and changes %+.2f", environment, setting, got[setting], want)
			}
		}
	}
}

// Ensure that the documents show what the command prints, and what the profiles cost. -update rewrites both.
func TestCostIsDocumented(t *testing.T) {
	b, err := os.ReadFile(costDocs)
	if err != nil {
		t.Fatal(err)
	}
	docs := string(b)
	report, err := cost.Report(planOf(t, "normal"), workload(t), cost.Known(), cost.Assumed())
	if err != nil {
		t.Fatal(err)
	}
	const command = "$ twin cost --env normal --workload docs/workload.json\n"
	want := strings.Replace(docs, block(docs, "console"), strings.TrimSuffix(command+report, "\n"), 1)
	var rows strings.Builder
	for _, name := range profiles {
		normal, byRequest := bill(t, name), bill(t, byRequest(name))
		fmt.Fprintf(&rows, "| `%s` | %s | %s | %.0f | %.0f | %.0f |\n", name, howRead[name], seconds(latencyOf(t, name)),
			normal.Idle(), byRequest.Total(), normal.Total())
	}
	head :=
		"| `profile` | how records are read | p95 | idle | this workload, by request | with the advised `capacity` |\n" +
			"|---|---|---|---|---|---|\n"
	_, after, _ := strings.Cut(want, head)
	table, _, _ := strings.Cut(after, "\n\n")
	want = strings.Replace(want, head+table+"\n", head+rows.String(), 1)
	if *update {
		if err := os.WriteFile(costDocs, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if docs != want {
		t.Errorf("%s is old; run go test ./constructs -run %s -update\n%s", costDocs, t.Name(), firstDifference(docs, want))
	}
}

var howRead = map[string]string{
	"low-latency": "enhanced fan-out: handed over at once",
	"normal":      "asked for once a second",
	"thrifty":     "gathered for a minute, in batches of up to 10,000",
}
