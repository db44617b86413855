package cost

import "math"

// Feed is the change feed of an environment.
type Feed struct {
	Window       int     // seconds of writes that are told together
	Tell, Follow float64 // memory of its functions in GB
}

// What is assumed of the change feed.
const (
	toldBytes   = 60   // of a change in the log, compressed with others
	eventBytes  = 260  // of a change on its way to a follower
	tellTime    = 0.02 // s of an invocation, and of each item of it
	tellItem    = 0.0005
	lookSeconds = 6.5     // of the log that a follower reads once a second
	followTime  = 12 * 60 // s that a follower stays
)

// feed is the change feed: telling costs by the write, following by the follower.
func (b *bill) feed(p Plan, w Workload, a Assumptions, uses []usage) {
	if p.Feed == nil {
		return
	}
	var items, changes, reads float64 // a second
	for _, u := range uses {
		items, changes = items+u.items, changes+u.items*u.flow.Metrics
		reads += u.items * math.Ceil(a.ItemBytes(u.flow.Metrics)/4096) // consistent
	}
	every := max(float64(p.Feed.Window), a.Push)
	invocations := min(items, 1/every)
	if invocations > 0 {
		n := invocations * seconds
		b.add(false, "change feed, reads of the table", "dynamodb.read", factor{reads * seconds, "units"})
		b.add(false, "change feed, tell calls", "lambda.call", factor{n, "calls"})
		b.add(false, "change feed, tell time", "lambda.second", factor{n, "calls"},
			factor{tellTime + tellItem*items/invocations, "s"},
			factor{p.Feed.Tell, "GB"})
		b.add(false, "change feed, log", "dynamodb.write", factor{n, "items"},
			factor{math.Ceil(changes / invocations * toldBytes / 1024), "units"})
		b.add(false, "change feed, log, storage", "dynamodb.storage", factor{changes * toldBytes * 86400 / gigabyte, "GB"})
	}
	if w.Followers > 0 {
		b.add(false, "followers, time", "lambda.second", factor{w.Followers, "followers"}, factor{seconds, "s"},
			factor{p.Feed.Follow, "GB"})
		b.add(false, "followers, looks", "dynamodb.read", factor{w.Followers, "followers"}, factor{seconds, "looks"},
			factor{0.5 * math.Ceil(max(changes*toldBytes*lookSeconds, 1)/4096), "units"})
		b.add(false, "followers, streams", "api.call", factor{w.Followers, "followers"},
			factor{seconds / followTime * math.Ceil(max(changes*eventBytes*followTime, 1)/(10<<20)), "times 10 MB"})
		b.add(false, "followers, bytes", "egress", factor{w.Followers, "followers"},
			factor{changes * eventBytes * seconds / gigabyte, "GB"})
	}
}
