package dynamo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// perRequest is how many metrics one request may write: an expression has at most 300 operators and
// 4 KB, and a metric takes four of them.
const perRequest = 50

// Write offers the items, several at a time.
func (s *Store) Write(ctx context.Context, items []store.Item) ([][]store.Result, error) {
	results := make([][]store.Result, len(items))
	for i := range items {
		results[i] = make([]store.Result, len(items[i].Readings))
	}
	if err := s.putOrigins(ctx, items); err != nil {
		return results, err
	}
	err := each(ctx, len(items), func(ctx context.Context, i int) error {
		err := guarded(ctx, i, func(ctx context.Context, i int) error { return s.writeItem(ctx, &items[i], results[i]) })
		refused, ok := refusal(err)
		if !ok {
			return err
		}
		slog.Error("a store item failed for good", "component", items[i].Component, "dataset", items[i].Dataset, "error", err)
		for j := range results[i] {
			if results[i][j].Outcome == store.Unfinished {
				results[i][j] = refused
			}
		}
		return nil
	})
	return results, err
}

func (s *Store) writeItem(ctx context.Context, in *store.Item, results []store.Result) error {
	size := perRequest
	if in.Layout == twin.Narrow {
		size = 1
	}
	for from := 0; from < len(in.Readings); from += size {
		to := min(from+size, len(in.Readings))
		w := write{
			item: in, part: store.Part(in.Dataset, in.Layout, in.Readings[from].Metric),
			readings: in.Readings[from:to], results: results[from:to],
		}
		for i := range w.readings {
			w.live = append(w.live, i)
		}
		if err := s.write(ctx, &w); err != nil {
			return fmt.Errorf("dynamo: writing %s of %s: %w", w.part, in.Component, err)
		}
	}
	return nil
}

// write is what one request, and those that repeat what is left of it, have to write.
type write struct {
	item     *store.Item
	part     string
	readings []twin.Reading
	results  []store.Result
	live     []int // which readings are still to be written

	// Close to the cap on metrics, the item counts them, and a request that adds some is only valid
	// for the count that it has seen.
	counted  bool
	seen     int64 // the count in the item
	newCount int64 // what it becomes, or 0 where nothing is added
}

func (s *Store) write(ctx context.Context, w *write) error {
	for len(w.live) > 0 {
		out, err := s.client.UpdateItem(ctx, w.request(s.table), s.retry)
		var failed *types.ConditionalCheckFailedException
		switch {
		case err == nil:
			w.finish(store.Result{Outcome: store.Applied}, w.live...)
			return s.markFull(ctx, w, out.Attributes)
		case errors.As(err, &failed):
			if err := w.drop(failed.Item); err != nil {
				return err
			}
		case tooLarge(err) && len(w.live) == 1:
			w.finish(store.Result{Outcome: store.Refused, Reason: twin.TooLarge, Detail: "with it the item would be too large for DynamoDB: " + reason(err)}, w.live...)
			return nil
		case tooLarge(err):
			return s.writeHalves(ctx, w)
		default:
			return err
		}
	}
	return nil
}

// writeHalves finds out which readings do not fit.
func (s *Store) writeHalves(ctx context.Context, w *write) error {
	live := w.live
	for _, half := range [][]int{live[:len(live)/2], live[len(live)/2:]} {
		w.live, w.counted = half, false
		if err := s.write(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

func (w *write) finish(r store.Result, readings ...int) {
	for _, i := range readings {
		w.results[i] = r
	}
}

// drop takes out what lost to the item as it was when the request failed, and counts the metrics if
// the item does. It fails if the request should have succeeded.
func (w *write) drop(old item) error {
	floor := bytesOf(old[attrFloor])
	var kept []int
	added, room := int64(0), int64(store.MaxMetrics-old.metrics())
	_, counted := old[attrCount]
	for _, i := range w.live {
		r := &w.readings[i]
		stored, exists, err := old.rank(r.Metric)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", r.Metric, err)
		case exists && r.Rank == stored:
			w.finish(store.Result{Outcome: store.Same}, i)
			continue
		case len(floor) == twin.RankSize && !r.Rank.Wins(twin.Rank(floor)), exists && !r.Rank.Wins(stored):
			w.finish(store.Result{Outcome: store.Late}, i)
			continue
		case counted && !exists && added >= room:
			w.finish(store.Result{Outcome: store.Refused, Reason: twin.TooLarge,
				Detail: fmt.Sprintf("the component has %d metrics of this dataset already", store.MaxMetrics)}, i)
			continue
		case !exists:
			added++
		}
		kept = append(kept, i)
	}
	seen, err := numberOf(old[attrCount])
	if err != nil {
		return fmt.Errorf("%w: its count: %v", errCorrupt, err)
	}
	if len(kept) == len(w.live) && counted == w.counted && seen == w.seen {
		return fmt.Errorf("%w: a guard failed on an item that does not fail it", errCorrupt)
	}
	w.live, w.counted, w.seen, w.newCount = kept, counted, seen, 0
	if counted && added > 0 {
		w.newCount = int64(old.metrics()) + added
	}
	return nil
}

// markFull starts the count of an item that has come close to the cap on metrics. Writers that race
// for this may pass the cap by a few; from then on nobody does.
func (s *Store) markFull(ctx context.Context, w *write, old item) error {
	if w.counted || w.item.Layout == twin.Narrow {
		return nil
	}
	count := old.metrics()
	for _, i := range w.live {
		if _, exists := old[metricPrefix+w.readings[i].Metric]; !exists {
			count++
		}
	}
	if count <= store.MaxMetrics-perRequest {
		return nil
	}
	_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: s.tableName(), Key: key(w.item.Component, w.part),
		UpdateExpression:          ptr("SET #n = :n"),
		ConditionExpression:       ptr("attribute_not_exists(#n)"),
		ExpressionAttributeNames:  map[string]string{"#n": attrCount},
		ExpressionAttributeValues: item{":n": number(int64(count))},
	}, s.retry)
	var failed *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &failed) {
		return err
	}
	return nil
}

// tooLarge reports whether DynamoDB refused a request because of the size that the item would have.
func tooLarge(err error) bool {
	var e smithy.APIError
	return errors.As(err, &e) && e.ErrorCode() == "ValidationException" && strings.Contains(strings.ToLower(e.ErrorMessage()), "size")
}

func reason(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorMessage()
	}
	return err.Error()
}
