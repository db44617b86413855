package dynamo

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
)

// bucketOf returns the partition of the index over all datasets in which a component is listed.
func bucketOf(component string) string {
	sum := sha256.Sum256([]byte(component))
	return strconv.Itoa(int(sum[0]) % schema.Buckets)
}

// Components lists from the indexes. There is one of each dataset's components, and one of all: so a list over few
// datasets reads their components only, and one over many takes as many queries as one over some. Where those that
// count are few among all it is found out that the first way is cheaper, and taken.
func (s *Store) Components(ctx context.Context, q store.ComponentQuery) ([]string, error) {
	c, _, err := s.catalogue.Get(ctx)
	if err != nil {
		return nil, err
	}
	if len(q.Datasets) > schema.Buckets && c.form.Listed {
		names, ok, err := s.list(ctx, &q, allBuckets(),
			func(part string) bool { return slices.Contains(q.Datasets, datasetOf(part)) })
		if ok || err != nil {
			return names, err
		}
	}
	partitions := make([]partition, len(q.Datasets))
	for i, d := range q.Datasets {
		partitions[i] = partition{schema.DatasetIndex, schema.Dataset, d}
	}
	names, _, err := s.list(ctx, &q, partitions, nil)
	return names, err
}

// partition is one of an index: where the attribute has the value.
type partition struct{ index, attribute, value string }

func allBuckets() []partition {
	partitions := make([]partition, schema.Buckets)
	for i := range partitions {
		partitions[i] = partition{schema.ListIndex, schema.Bucket, strconv.Itoa(i)}
	}
	return partitions
}

// run is a partition that is read from its front.
type run struct {
	partition
	after string   // components up to here were read
	names []string // that count, in order
	ended bool
}

// list returns the first components of partitions of which the parts count, all of them with a nil counts. With one,
// ok is false where most of what is read does not count.
func (s *Store) list(ctx context.Context, q *store.ComponentQuery, partitions []partition,
	counts func(part string) bool) (names []string, ok bool, err error) {
	if len(partitions) == 0 {
		return nil, true, nil
	}
	runs := make([]*run, len(partitions))
	for i, p := range partitions {
		runs[i] = &run{partition: p}
	}
	size := int32(2*q.Limit/len(partitions) + leastPage)
	for read := 0; ; {
		behind := s.behind(runs, q.Limit)
		if len(behind) == 0 {
			break
		}
		items := make([]int, len(behind))
		err := each(ctx, len(behind), func(ctx context.Context, i int) (err error) {
			items[i], err = s.advance(ctx, behind[i], q, size, counts)
			return err
		})
		if err != nil {
			return nil, false, err
		}
		found := 0
		for _, n := range items {
			read += n
		}
		for _, r := range runs {
			found += len(r.names)
		}
		if counts != nil && read > mostWaste*(q.Limit+found)+len(runs)*int(size) {
			return nil, false, nil
		}
	}
	return first(runs, q.Limit), true, nil
}

// leastPage is how many entries are read of a partition at once at least, and mostWaste how many times more may be read
// than is asked for before another way is taken.
const (
	leastPage = 16
	mostWaste = 4
)

// behind returns the runs that must be read further before the first components of all are known.
func (s *Store) behind(runs []*run, limit int) (behind []*run) {
	names := first(runs, limit)
	for _, r := range runs {
		if !r.ended && (len(names) < limit || r.after < names[len(names)-1]) {
			behind = append(behind, r)
		}
	}
	return behind
}

// first returns the first names of all runs.
func first(runs []*run, limit int) []string {
	var all []string
	for _, r := range runs {
		all = append(all, r.names...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(len(all), limit)]
}

// advance reads one page of a run.
func (s *Store) advance(ctx context.Context, r *run, q *store.ComponentQuery, size int32,
	counts func(part string) bool) (read int, err error) {
	names := map[string]string{"#h": r.attribute, "#c": schema.Component, "#p": schema.Part}
	values := item{":h": text(r.value)}
	condition := "#h=:h"
	// The list begins at the prefix or after a name, and is read until the prefix ends. A key condition
	// has one range, so begins_with would leave no room for the name; it saves one page at most.
	switch after := max(q.After, r.after); {
	case after != "" && after >= q.Prefix:
		condition, values[":c"] = condition+" AND #c>:c", text(after)
	case q.Prefix != "":
		condition, values[":c"] = condition+" AND #c>=:c", text(q.Prefix)
	}
	out, err := s.client.Query(ctx, &dynamodb.QueryInput{
		TableName: s.tableName(), IndexName: &r.index, KeyConditionExpression: &condition, ProjectionExpression: ptr("#c,#p"),
		ExpressionAttributeNames: names, ExpressionAttributeValues: values, Limit: &size,
	}, s.retry)
	if err != nil {
		return 0, fmt.Errorf("dynamo: listing %s %s: %w", r.attribute, r.value, err)
	}
	for _, it := range out.Items {
		component := textOf(it[schema.Component])
		if !strings.HasPrefix(component, q.Prefix) {
			r.ended = true
			break
		}
		r.after = component
		if n := len(r.names); (counts == nil || counts(textOf(it[schema.Part]))) && (n == 0 || r.names[n-1] != component) {
			r.names = append(r.names, component)
		}
	}
	r.ended = r.ended || len(out.LastEvaluatedKey) == 0
	return len(out.Items), nil
}
