package main

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/feed/dynamolog"
	"github.com/railtwin/digitaltwin/internal/feed/feedtest"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
)

// historyRules are those of the callers that follow random histories.
const historyRules = `{"grants": [
	{"who": "client:all", "read": {"datasets": "*"}},
	{"who": "client:some", "read": {"datasets": "plain", "metrics": ["metric.0", "metric.7*"]}},
	{"who": "client:some", "read": {"datasets": "short", "components": "h*"}},
	{"who": "client:few", "read": {"datasets": ["also", "plain"], "metrics": "metric.1"}}
]}`

// shortExpires is when readings of the dataset short of random histories expire.
const shortExpires = 10 * time.Minute

// Ensure that what followers hold by the log is what the store serves them, over random histories in which readings
// expire, items are deleted by their TTL and components are forgotten, while the stream hands over batches of any size,
// shard by shard, some of them again, beside the writers and behind them; while writing the log fails, shards split,
// and records are lost, of which an operator tells. A reading that has expired may stay until its item is written or
// deleted. More of them run with
//
//	go test ./functions/changes -run _Histories/model -v -timeout 2h -args -histories 10000
func TestTeller_Histories(t *testing.T) {
	t.Run("emulator", func(t *testing.T) { histories(t, emulated, 20) })
	t.Run("model", func(t *testing.T) { histories(t, modelled, 40) })
}

// histories runs histories in worlds.
func histories(t *testing.T, open func(*testing.T, *rand.Rand) *world, count int) {
	rules, err := access.Parse("access.json", []byte(historyRules), access.Known{})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(rand.Uint64(), 0))
	var sum feedtest.Follower
	var counts counts
	storetest.Histories(t, func(t *testing.T) storetest.World {
		w := open(t, r)
		w.handler = api.New(api.Config{
			Reader: w.store, Changes: api.Changes{Log: dynamolog.New(w.client, w.log, dynamolog.Options{Now: w.ticking})},
			Now: w.clock.Now, Authenticated: true, Rules: rules,
		})
		w.followers = []*feedtest.Follower{
			{Caller: "all"}, {Caller: "all", Query: "dataset=short"},
			{Caller: "all", Query: "metrics=metric.1,metric.2&fields=source"},
			{Caller: "some"}, {Caller: "few", Query: "prefix=h"},
		}
		for _, f := range w.followers {
			f.Late = func(dataset string, at time.Time) bool {
				return dataset == "short" && w.clock.Now().Sub(at) > shortExpires
			}
		}
		return storetest.World{Store: w.store, Clock: w.clock, Begin: w.begin, After: w.after, Groups: 1,
			End: func(t *testing.T) {
				w.end(t)
				counts.add(w.counts)
				for _, f := range w.followers {
					sum.Gaps, sum.Changes, sum.Forgotten = sum.Gaps+f.Gaps, sum.Changes+f.Changes, sum.Forgotten+f.Forgotten
				}
			}}
	}, count)
	t.Logf("%d changes, %d times something forgotten, %d gaps; %+v", sum.Changes, sum.Forgotten, sum.Gaps, counts)
	// about one of 25 fails
	if sum.Changes == 0 || sum.Forgotten == 0 || counts.repeated == 0 || counts.failed == 0 && counts.invocations > 150 {
		t.Error("the histories show nothing")
	}
}

// after runs after each phase: some items go by their TTL, the stream is handed over, and followers take up what is
// new.
func (w *world) after(t *testing.T) {
	w.wait()
	defer w.begin(t)
	if w.random.IntN(2) == 0 {
		w.deleteExpired(t)
	}
	if w.random.IntN(8) == 0 {
		w.trim(t)
	}
	w.handOver(t)
	for _, f := range w.followers {
		if w.random.IntN(4) > 0 { // some come back later
			f.Follow(t, w.serve)
		}
	}
}

// end ensures that in the end followers hold exactly what is served: once everything that has expired is deleted.
func (w *world) end(t *testing.T) {
	w.wait()
	w.handOver(t)
	for _, f := range w.followers {
		f.Follow(t, w.serve)
	}
	w.clock.Add(time.Hour)
	w.deleteExpired(t)
	w.handOver(t)
	for _, f := range w.followers {
		gaps := f.Gaps
		f.Late = nil
		f.Follow(t, w.serve)
		if f.Gaps != gaps {
			t.Error("a follower got a gap, and so was not told")
		}
	}
}

// serve answers a follower.
func (w *world) serve(r *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// deleteExpired deletes items as DynamoDB does some time after their TTL.
func (w *world) deleteExpired(t *testing.T) {
	t.Helper()
	scan := dynamodb.NewScanPaginator(w.client, &dynamodb.ScanInput{
		TableName: &w.table, FilterExpression: new("#t < :now"),
		ExpressionAttributeNames: map[string]string{"#t": schema.TTL},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":now": &types.AttributeValueMemberN{Value: strconv.FormatInt(w.clock.Now().Unix(), 10)},
		},
	})
	for scan.HasMorePages() {
		page, err := scan.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range page.Items {
			key := map[string]types.AttributeValue{schema.Component: it[schema.Component], schema.Part: it[schema.Part]}
			w.counts.expired++
			if _, err := w.client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &w.table, Key: key}); err != nil {
				t.Fatal(err)
			}
		}
	}
}
