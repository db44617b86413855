package cost

import (
	"fmt"
	"math"
)

// lever is a change of settings that saves or costs something.
type lever struct {
	setting string
	apply   func(p *Plan) bool // false where there is nothing to change
}

// Lever is what a lever would change, in USD a month under the workload; less than 0 is saved.
type Lever struct {
	Setting string
	USD     float64
}

// levers are the settings that decide about a bill. A profile comes with the capacity that is advised then, where the
// table has one.
func levers(p Plan, w Workload, a Assumptions) []lever {
	var all []lever
	for _, name := range []string{"thrifty", "normal", "low-latency"} {
		setting := fmt.Sprintf(`"profile": %q`, name)
		if p.Table.Provisioned {
			setting += `, with the "capacity" advised then`
		}
		all = append(all, lever{setting, func(p *Plan) bool {
			if !p.profile(name) {
				return false
			}
			if p.Table.Provisioned {
				p.provision(Advise(*p, w, a))
			}
			return true
		}})
	}
	return append(all,
		lever{`"capacity" as advised`, func(p *Plan) bool { return p.provision(Advise(*p, w, a)) }},
		lever{`no "capacity": paid by request`, func(p *Plan) bool {
			was := p.Table.Provisioned
			p.Table = Table{Recovery: p.Table.Recovery, Indexes: p.Table.Indexes}
			return was
		}},
		lever{`no "onDemand": "shards" as needed`, func(p *Plan) bool { return p.shards(w, a) }},
		lever{`no "firewall"`, func(p *Plan) bool {
			was := p.Firewall
			p.Firewall, p.FirewallRules = false, 0
			return was
		}},
		lever{`no "alarms"`, func(p *Plan) bool {
			was := p.AlarmMetrics > 0
			p.AlarmMetrics, p.Mappings = 0, 0
			if was {
				p.Keys-- // of the topic
			}
			return was
		}},
	)
}

// profileOf is the profile that a plan has.
func (p *Plan) profileOf() string {
	switch {
	case p.Apply.FanOut:
		return "low-latency"
	case len(p.Datasets) > 0 && p.Datasets[0].Trigger.Window >= thriftyWindow:
		return "thrifty"
	}
	return "normal"
}

// What the profiles make of the triggers and functions; a test beside package constructs holds them against what is
// synthesized.
const (
	thriftyWindow = 60 // seconds
	fullBatch     = 10_000
	smallBatch    = 500
)

// profile gives a plan a profile. It reports whether that is another one.
func (p *Plan) profile(name string) bool {
	if p.profileOf() == name {
		return false
	}
	fan, consumers := name == "low-latency", 0
	if fan {
		consumers = 1
	}
	p.Apply.FanOut = fan
	for i := range p.Streams {
		p.Streams[i].Consumers = consumers
	}
	for i := range p.Datasets {
		t := &p.Datasets[i].Trigger
		t.FanOut, t.Window, t.Batch = fan, 0, smallBatch
		if name == "thrifty" {
			t.Window, t.Batch = thriftyWindow, fullBatch
		}
	}
	return true
}

// shards gives streams that scale by themselves the shards that a workload needs: 1,000 records and 1 MB a second each.
func (p *Plan) shards(w Workload, a Assumptions) bool {
	changed := false
	for i := range p.Streams {
		s := &p.Streams[i]
		if s.Shards > 0 {
			continue
		}
		var records, size float64
		for _, u := range a.uses(*p, w) {
			switch s.Dataset {
			case "":
				records, size = records+u.puts, size+u.putBytes
			case u.dataset.Name:
				records, size = u.flow.RecordsPerSecond, u.flow.RecordsPerSecond*u.flow.RecordBytes
			}
		}
		s.Shards, changed = max(1, int(math.Ceil(max(records/1000, size/1e6)))), true
	}
	return changed
}

// provision gives a table a capacity.
func (p *Plan) provision(t Table) bool {
	if t.Write.Min == 0 || p.Table == t {
		return false
	}
	p.Table = t
	return true
}

// Advise is the capacity of the table for a workload: at least what flows steadily, at the share of it that is to be in
// use, and up to four times as much. It is nothing where nothing flows.
func Advise(p Plan, w Workload, a Assumptions) Table {
	u := unitsOf(w, a, a.uses(p, w))
	if u.write == 0 {
		return Table{}
	}
	const utilisation = 0.9 // the most that DynamoDB scales by
	of := func(n float64) Capacity {
		least := max(1, int(math.Ceil(n/utilisation)))
		return Capacity{least, 4 * least}
	}
	t := Table{Provisioned: true, Recovery: p.Table.Recovery, Indexes: p.Table.Indexes, Utilisation: utilisation,
		Read: of(u.read), Write: of(u.write)}
	t.IndexRead, t.IndexWrite = Capacity{1, t.Read.Max}, Capacity{1, t.Write.Max}
	return t
}

// Setting is the advice as cdk.json has it.
func (t Table) Setting() string {
	return fmt.Sprintf(`"capacity": {"read": {"min": %d, "max": %d}, `+
		`"write": {"min": %d, "max": %d}, "utilisation": %.0f}`,
		t.Read.Min, t.Read.Max, t.Write.Min, t.Write.Max, 100*t.Utilisation)
}

// Levers are what each lever would change of a bill.
func Levers(p Plan, w Workload, prices Prices, a Assumptions) ([]Lever, error) {
	now, err := Bill(p, w, prices, a)
	if err != nil {
		return nil, err
	}
	var all []Lever
	for _, l := range levers(p, w, a) {
		other := p.clone()
		if !l.apply(&other) {
			continue
		}
		then, err := Bill(other, w, prices, a)
		if err != nil {
			return nil, err
		}
		if change := then.Total() - now.Total(); math.Abs(change) >= 0.005 {
			all = append(all, Lever{l.setting, change})
		}
	}
	return all, nil
}

func (p Plan) clone() Plan {
	p.Streams = append([]Stream(nil), p.Streams...)
	p.Datasets = append([]Dataset(nil), p.Datasets...)
	return p
}
