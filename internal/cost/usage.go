package cost

import "math"

// usage is what a dataset makes of the environment under its flow, each a second.
type usage struct {
	flow    Flow
	dataset Dataset

	window      float64 // seconds of records in an invocation of extract
	invocations float64 // of extract
	puts        float64 // PUT units of the twin stream
	putBytes    float64 // into the twin stream
	fold        float64 // seconds of changes that apply folds into one write
	applied     float64 // invocations of apply that this dataset alone would make
	items       float64 // that apply writes
}

// uses are those of the datasets that flow.
func (a Assumptions) uses(p Plan, w Workload) (all []usage) {
	for _, d := range p.Datasets {
		if f, ok := w.Datasets[d.Name]; ok {
			all = append(all, a.use(p, d, f))
		}
	}
	return all
}

// use computes what a flow makes of the environment. Every component reports equally often, which is the dearest case:
// a window saves writes only where a component reports more than once in it.
func (a Assumptions) use(p Plan, d Dataset, f Flow) usage {
	u := usage{flow: f, dataset: d}
	shards := float64(max(d.Shards, 1))
	ask := a.ask(d.Trigger)
	u.window = max(a.window(d.Trigger, f, shards), ask)
	// An invocation for every window of every shard, but none without a record.
	u.invocations = min(f.RecordsPerSecond, shards*float64(max(d.Trigger.Parallel, 1))/u.window)
	if d.FlinkUnits > 0 {
		u.window, u.invocations = ask, 0
	}

	// One batch is packed by partition key; a component always has the same one.
	batch := f.RecordsPerSecond * u.window / shards
	components := min(f.Components, batch)
	keys := a.Keys * (1 - math.Pow(1-1/a.Keys, components))
	size := batch*f.Metrics*a.ChangeBytes + components*a.ComponentBytes
	records := max(keys, math.Ceil(size/a.PutBytes))
	if d.FlinkUnits > 0 { // which puts every change by itself
		records, size = batch*f.Metrics, batch*f.Metrics*a.ComponentBytes
	}
	u.puts, u.putBytes = records*shards/u.window, size*shards/u.window

	// Apply folds what reaches it at once: a batch of extract, or what comes while it waits.
	u.fold = max(u.window, a.ask(p.Apply))
	u.items = min(f.Components, f.RecordsPerSecond*u.fold) / u.fold
	u.applied = max(1/u.fold, records*shards/u.window/float64(max(p.Apply.Batch, 1)))
	return u
}

// ask is how often a trigger gets records at most, in seconds.
func (a Assumptions) ask(t Trigger) float64 {
	if t.FanOut {
		return a.Push
	}
	return a.Poll
}

// window is how long a batch really fills: until its window ends, it has enough records, or it is as large as an
// invocation takes.
func (a Assumptions) window(t Trigger, f Flow, shards float64) float64 {
	if t.Window == 0 {
		return 0
	}
	perShard := f.RecordsPerSecond / shards
	full := a.Payload / (f.RecordBytes*4/3 + a.Envelope)
	return min(float64(t.Window), float64(t.Batch)/perShard, full/perShard)
}
