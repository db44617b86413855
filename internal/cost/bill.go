package cost

import (
	"fmt"
	"math"
	"strings"
)

// Item is a line of a bill.
type Item struct {
	What       string
	Arithmetic string // the factors and the price, whose product is USD
	USD        float64
	Idle       bool // it is paid without any traffic
}

// Statement is the bill of a month.
type Statement struct {
	Plan  Plan
	Items []Item
}

// Idle is what is paid without any traffic, and Total what is paid under the workload, in USD.
func (s Statement) Idle() float64  { return s.sum(func(i Item) bool { return i.Idle }) }
func (s Statement) Total() float64 { return s.sum(func(Item) bool { return true }) }

func (s Statement) sum(is func(Item) bool) (usd float64) {
	for _, i := range s.Items {
		if is(i) {
			usd += i.USD
		}
	}
	return usd
}

// factor is a number of what its unit says, in the plural.
type factor struct {
	n    float64
	unit string
}

const inBytes, gigabyte = "B", 1 << 30

// value is the number that is multiplied: bytes are paid for as gigabytes.
func (f factor) value() float64 {
	if f.unit == inBytes {
		return f.n / gigabyte
	}
	return f.n
}

func (f factor) String() string {
	unit := f.unit
	switch {
	case f.n == 1 && unit == "indexes":
		unit = "index"
	case f.n == 1 && len(unit) > len("s"):
		unit = strings.TrimSuffix(unit, "s")
	}
	return number(f.n) + " " + unit
}

// bill gathers items.
type bill struct {
	prices Prices
	items  []Item
}

// add adds a line: the product of factors and a price. Nothing is added where that is nothing.
func (b *bill) add(idle bool, what, price string, factors ...factor) {
	p := b.prices.of(price)
	usd := p.USD
	var parts []string
	for _, f := range factors {
		usd *= f.value()
		parts = append(parts, f.String())
	}
	if usd == 0 {
		return
	}
	b.items = append(b.items, Item{what, strings.Join(append(parts, p.String()), " x "), usd, idle})
}

// number writes a number as people read it: 262,800,000, 16.7, 0.031.
func number(n float64) string {
	switch {
	case n >= 1000:
		text := fmt.Sprintf("%.0f", n)
		for i := len(text) - 3; i > 0; i -= 3 {
			text = text[:i] + "," + text[i:]
		}
		return text
	case n == math.Trunc(n):
		return fmt.Sprintf("%.0f", n)
	case n >= 1:
		return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", n), "0"), ".")
	}
	decimals := 2 - int(math.Floor(math.Log10(n)))
	return strings.TrimRight(fmt.Sprintf("%.*f", decimals, n), "0")
}

// Bill is the bill of an environment under a workload.
func Bill(p Plan, w Workload, prices Prices, a Assumptions) (Statement, error) {
	if err := w.fits(p); err != nil {
		return Statement{}, err
	}
	b, uses := &bill{prices: prices}, a.uses(p, w)
	b.fixed(p)
	b.streams(p, a, uses)
	b.functions(p, w, a, uses)
	b.table(p, w, a, uses)
	b.feed(p, w, a, uses)
	b.api(p, w, a)
	b.observed(p, a, uses)
	return Statement{p, b.items}, nil
}

// fixed are what is paid for being there.
func (b *bill) fixed(p Plan) {
	b.add(true, "keys", "key", factor{float64(p.Keys), "keys"})
	b.add(true, "secrets of clients", "secret", factor{float64(p.Secrets), "secrets"})
	b.add(true, "dashboard", "dashboard", factor{float64(p.Dashboards), "dashboards"})
	b.add(true, "alarms", "alarm.metric", factor{float64(p.AlarmMetrics), "metrics"})
	if p.Firewall {
		b.add(true, "firewall", "firewall", factor{1, "web ACLs"})
		b.add(true, "firewall, its rules", "firewall.rule", factor{float64(p.FirewallRules), "rules"})
	}
	for _, d := range p.Datasets {
		b.add(true, d.Name+" on Flink", "flink.unit.hour", factor{float64(d.FlinkUnits), "KPU"}, factor{hours, "h"})
		b.add(true, d.Name+" on Flink, storage", "flink.storage", factor{float64(max(0, d.FlinkUnits-1)), "KPU"},
			factor{50, "GB"})
	}
}

// streams are the Kinesis streams of the environment.
func (b *bill) streams(p Plan, a Assumptions, uses []usage) {
	for _, s := range p.Streams {
		name := "twin stream"
		if s.Dataset != "" {
			name = "source stream of " + s.Dataset
		}
		var records, in float64 // a second, and bytes
		for _, u := range uses {
			switch {
			case s.Dataset == "":
				records, in = records+u.puts, in+u.putBytes
			case s.Dataset == u.dataset.Name:
				records = u.flow.RecordsPerSecond * math.Ceil(u.flow.RecordBytes/a.PutBytes)
				in = u.flow.RecordsPerSecond * math.Ceil(u.flow.RecordBytes/1024) * 1024 // a record counts as whole kilobytes
			}
		}
		shards := float64(s.Shards)
		if s.Shards == 0 {
			shards = 4 // of a stream on demand that has not grown
			b.add(true, name+", on demand", "kinesis.ondemand.hour", factor{1, "streams"}, factor{hours, "h"})
			b.add(false, name+", in", "kinesis.ondemand.in", factor{in * seconds / gigabyte, "GB"})
			b.add(false, name+", out", "kinesis.ondemand.out", factor{in * seconds / gigabyte, "GB"})
		} else {
			b.add(true, name, "kinesis.shard.hour", factor{shards, "shards"}, factor{hours, "h"})
			b.add(false, name+", PUT units", "kinesis.put", factor{records * seconds, "units"})
		}
		if s.RetentionHours > 24 {
			b.add(true, name+", more than a day", "kinesis.retention.hour", factor{shards, "shards"}, factor{hours, "h"})
		}
		if s.Consumers > 0 {
			b.add(true, name+", fan-out", "kinesis.fanout.hour", factor{float64(s.Consumers), "consumers"},
				factor{shards, "shards"}, factor{hours, "h"})
			b.add(false, name+", fan-out, read", "kinesis.fanout", factor{float64(s.Consumers), "consumers"},
				factor{in * seconds / gigabyte, "GB"})
		}
	}
}

// functions are AWS Lambda.
func (b *bill) functions(p Plan, w Workload, a Assumptions, uses []usage) {
	var invocations, items float64
	for _, u := range uses {
		n := u.invocations * seconds
		b.add(false, "extract of "+u.dataset.Name+", calls", "lambda.call", factor{n, "calls"})
		if n > 0 {
			time := a.ExtractTime + a.ExtractRecord*u.flow.RecordsPerSecond/u.invocations
			b.add(false, "extract of "+u.dataset.Name+", time", "lambda.second", factor{n, "calls"}, factor{time, "s"},
				factor{p.Memory.Extract, "GB"})
		}
		invocations += u.applied
		items += u.items
	}
	if invocations > 0 {
		n := min(invocations, b.mostApplies(p, a, uses)) * seconds
		b.add(false, "apply, calls", "lambda.call", factor{n, "calls"})
		b.add(false, "apply, time", "lambda.second", factor{n, "calls"},
			factor{a.ApplyTime + a.ApplyItem*items*seconds/n, "s"}, factor{p.Memory.Apply, "GB"})
	}
	reads := w.Reads.PerDay * hours / 24
	b.add(false, "query, calls", "lambda.call", factor{reads, "calls"})
	b.add(false, "query, time", "lambda.second", factor{reads, "calls"}, factor{a.QueryTime, "s"},
		factor{p.Memory.Query, "GB"})
	if p.Memory.Authorize > 0 {
		tokens := min(w.TokensPerDay*a.Verifications, w.Reads.PerDay) * hours / 24
		b.add(false, "authorize, calls", "lambda.call", factor{tokens, "calls"})
		b.add(false, "authorize, time", "lambda.second", factor{tokens, "calls"}, factor{a.AuthorizeTime, "s"},
			factor{p.Memory.Authorize, "GB"})
	}
}

// mostApplies is how many invocations a second the twin stream makes at most: one at a time for each shard, where
// batches do not fill.
func (b *bill) mostApplies(p Plan, a Assumptions, uses []usage) float64 {
	shards, puts := 1.0, 0.0
	for _, s := range p.Streams {
		if s.Dataset == "" {
			shards = float64(max(s.Shards, 1))
		}
	}
	for _, u := range uses {
		puts += u.puts
	}
	return max(shards/a.ask(p.Apply), puts/float64(max(p.Apply.Batch, 1)))
}

// api are API Gateway, the firewall, tokens and what leaves AWS.
func (b *bill) api(p Plan, w Workload, a Assumptions) {
	calls := w.Reads.PerDay * hours / 24
	b.add(false, "API", "api.call", factor{calls, "calls"})
	if p.Logs.Access > 0 {
		b.add(false, "access log", "logs", factor{calls, "lines"}, factor{float64(p.Logs.Access) + a.EventBytes, inBytes})
	}
	if p.Page {
		open := factor{w.PageHoursPerDay * hours / 24, "hours"}
		b.add(false, "calls of the page", "api.call", open, factor{a.PageCalls, "calls"})
		b.add(false, "what came in, for the page", "cloudwatch.ask", open, factor{a.PageAsks, "times"},
			factor{float64(len(p.Datasets)), "datasets"}, factor{a.AskedMetrics, "metrics"})
	}
	if p.Firewall {
		b.add(false, "firewall, calls", "firewall.call", factor{calls, "calls"})
	}
	if p.Memory.Authorize == 0 { // else they are of another issuer, whatever it takes for them
		b.add(false, "tokens", "token", factor{w.TokensPerDay * hours / 24, "tokens"})
	}
	b.add(false, "answers, beyond 100 GB", "egress", factor{max(0, calls*w.Reads.AnswerBytes/gigabyte-100), "GB"})
}

// observed are logs and metrics.
func (b *bill) observed(p Plan, a Assumptions, uses []usage) {
	var extracts, applies, datasets float64
	for _, u := range uses {
		extracts, applies, datasets = extracts+u.invocations, applies+u.applied, datasets+1
	}
	if datasets == 0 {
		return
	}
	line := a.LogLine + a.EventBytes
	if p.Logs.System {
		line += a.SystemLines
	}
	lines := (extracts + min(applies, b.mostApplies(p, a, uses))) * seconds
	b.add(false, "logs of functions", "logs", factor{lines, "lines"}, factor{line, inBytes})
	b.add(false, "metrics of datasets", "cloudwatch.metric", factor{datasets, "datasets"},
		factor{a.MetricsOfDataset, "metrics"})
	b.add(false, "metrics of triggers", "cloudwatch.metric", factor{float64(p.Mappings), "triggers"},
		factor{a.MetricsOfMapping, "metrics"})
}
