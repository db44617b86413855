package cost

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// plan is an environment of a dataset with two shards and one on Flink, with all that is paid for.
func plan() Plan {
	return Plan{
		Environment: "prod", Region: "eu-central-1", Keys: 9, Secrets: 2, Dashboards: 1, AlarmMetrics: 30, Mappings: 2,
		Firewall: true, FirewallRules: 3, Page: true,
		Streams: []Stream{
			{Name: "Twin/Stream", Shards: 0, RetentionHours: 24},
			{Name: "a: Source", Dataset: "a", Shards: 2, RetentionHours: 48, Consumers: 1},
		},
		Table: Table{Indexes: 2, Recovery: true},
		Datasets: []Dataset{
			{Name: "a", Trigger: Trigger{Batch: smallBatch, Parallel: 1}, Shards: 2, OwnStream: true},
			{Name: "b", Shards: 1, FlinkUnits: 2},
		},
		Apply: Trigger{Batch: smallBatch, Parallel: 1}, Memory: Memory{Extract: 0.5, Apply: 0.5, Query: 0.5},
		Logs: Logs{Access: 240},
	}
}

// traffic is a workload for it.
func traffic(t *testing.T) Workload {
	t.Helper()
	w, err := ReadWorkload([]byte(`{"datasets":{
		"a":{"recordsPerSecond":50,"recordBytes":2000,"metrics":4,"components":300},
		"b":{"recordsPerSecond":5,"recordBytes":900,"metrics":60,"components":20}},
		"reads":{"perDay":5000000,"answerBytes":3000},"tokensPerDay":100,"pageHoursPerDay":40}`))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Ensure that the arithmetic of every line is what its amount is, as far as its digits go.
func TestArithmetic(t *testing.T) {
	provisioned := plan()
	provisioned.provision(Advise(plan(), traffic(t), Assumed()))
	for _, p := range []Plan{plan(), provisioned} {
		s, err := Bill(p, traffic(t), Known(), Assumed())
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range s.Items {
			want := 1.0
			for _, factor := range strings.Split(i.Arithmetic, " x ") {
				n, unit, _ := strings.Cut(factor, " ")
				n, per, price := strings.Cut(n, "/")
				v, err := strconv.ParseFloat(strings.ReplaceAll(n, ",", ""), 64)
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case price && per == "million":
					v /= 1e6
				case unit == "B":
					v /= 1 << 30
				}
				want *= v
			}
			if math.Abs(i.USD-want) > 0.01*want+0.005 {
				t.Errorf("%s: %g, and its arithmetic %s is %g", i.What, i.USD, i.Arithmetic, want)
			}
		}
		if len(s.Items) < 30 || s.Idle() <= 0 || s.Total() <= s.Idle() {
			t.Errorf("%d items, %g idle, %g in all", len(s.Items), s.Idle(), s.Total())
		}
	}
}

// Ensure that with an issuer of the operator's own no fee for tokens is paid, but the function that verifies them:
// twelve times an hour, and never more often than there are calls.
func TestOwnIssuer(t *testing.T) {
	for reads, want := range map[float64]string{5_000_000: "36,500 calls", 100: "3,042 calls"} {
		p, w := plan(), traffic(t)
		p.Memory.Authorize, w.Reads.PerDay = 0.5, reads
		s, err := Bill(p, w, Known(), Assumed())
		if err != nil {
			t.Fatal(err)
		}
		lines := map[string]string{}
		for _, i := range s.Items {
			lines[i.What] = i.Arithmetic
		}
		if !strings.HasPrefix(lines["authorize, calls"], want+" ") ||
			!strings.HasPrefix(lines["authorize, time"], want+" ") || lines["tokens"] != "" {
			t.Errorf("%s; %s; tokens %q, want %s", lines["authorize, calls"], lines["authorize, time"], lines["tokens"], want)
		}
	}
}

// Ensure that every price is used, is for something, and says when and where it is from.
func TestPrices(t *testing.T) {
	known := Known()
	if known.Region == "" || known.Date == "" || known.Source == "" {
		t.Errorf("prices of %q in %q from %q", known.Region, known.Date, known.Source)
	}
	var source []byte
	for _, name := range []string{"bill.go", "table.go"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, b...)
	}
	for name, p := range known.Prices {
		if p.USD <= 0 || p.Per == "" {
			t.Errorf("%s is %g for %q", name, p.USD, p.Per)
		}
		if !strings.Contains(string(source), strconv.Quote(name)) {
			t.Errorf("nothing is paid by %s", name)
		}
	}
}

// Ensure that a workload that is wrong is refused with every mistake, and that what is left out has its default.
func TestReadWorkload(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{`{`, "unexpected EOF"},
		{`{"datasets":{"a":{"recordPerSecond":1}}}`, `unknown field "recordPerSecond"`},
		{`{"reads":{"perDay":-1}}`, "must not be negative"},
		{`{"datasets":{"a":{"recordsPerSecond":1,"recordBytes":1,"metrics":1}}}`, "a.components is 0: want more than 0"},
		{`{"datasets":{"a":{"recordsPerSecond":-1}}}`, "a.recordBytes is 0"},
		{`{} {}`, "more than one"},
	} {
		if _, err := ReadWorkload([]byte(tc.text)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.text, err, tc.want)
		}
	}
	w, err := ReadWorkload([]byte(`{}`))
	if err != nil || w.Reads.Components != 1 || w.Reads.AnswerBytes != 1000 || w.String() != "" {
		t.Errorf("%+v, %v", w, err)
	}
	w.Datasets = map[string]Flow{"c": {}}
	if _, err := Report(plan(), w, Known(), Assumed()); err == nil ||
		!strings.Contains(err.Error(), "the workload has c, which prod does not deploy; it deploys a, b") {
		t.Errorf("%v", err)
	}
}

// Ensure that a workload of figures that nobody has is no trouble: a bill has no line that is no number.
func FuzzReport(f *testing.F) {
	f.Add(100.0, 500.0, 5.0, 1000.0, 1e6, false)
	f.Add(1e-9, 1e9, 1e6, 1e-3, 1e12, true)
	f.Fuzz(func(t *testing.T, records, size, perRecord, components, reads float64, provisioned bool) {
		for _, n := range []float64{records, size, perRecord, components, reads} {
			if !(n > 1e-9 && n < 1e12) {
				return
			}
		}
		w := Workload{Datasets: map[string]Flow{"a": {records, size, perRecord, components}}, Reads: Reads{reads, 1, 1000}}
		p := plan()
		if provisioned {
			p.provision(Advise(p, w, Assumed()))
		}
		text, err := Report(p, w, Known(), Assumed())
		if err != nil || strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
			t.Errorf("%v\n%s", err, text)
		}
		idle, err := Bill(p, Workload{}, Known(), Assumed())
		if err != nil {
			t.Fatal(err)
		}
		if busy, _ := Bill(p, w, Known(), Assumed()); busy.Total() < idle.Total() || busy.Idle() != idle.Idle() {
			t.Errorf("%g with traffic, %g without; %g and %g idle", busy.Total(), idle.Total(), busy.Idle(), idle.Idle())
		}
	})
}

// Ensure that a change feed is paid by what is written and by who follows, and that followers without one are a
// mistake.
func TestFeed(t *testing.T) {
	sum := func(p Plan, followers float64) float64 {
		w := traffic(t)
		w.Followers = followers
		s, err := Bill(p, w, Known(), Assumed())
		if err != nil {
			t.Fatal(err)
		}
		return s.Total()
	}
	with := plan()
	with.Feed = &Feed{Window: 1, Tell: 0.5, Follow: 0.125}
	without, none, five, ten := sum(plan(), 0), sum(with, 0), sum(with, 5), sum(with, 10)
	if none <= without || five <= none || math.Abs(ten-five-(five-none)) > 1e-6 {
		t.Errorf("%g without a feed, %g with one, %g with five followers, %g with ten", without, none, five, ten)
	}
	// A follower takes 128 MB all the time, and looks once a second.
	if least := 0.125*2_628_000*0.0000133334 + 2_628_000*0.5*0.0000001525; (five-none)/5 < least {
		t.Errorf("a follower costs %g, want at least %g", (five-none)/5, least)
	}
	w := traffic(t)
	w.Followers = 1
	if _, err := Bill(plan(), w, Known(), Assumed()); err == nil || !strings.Contains(err.Error(), `"changes": {}`) {
		t.Errorf("%v", err)
	}
}
