package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// maxProjected is up to how many metrics are named in a query, so that no more is sent back; its
// expression may have 4 KB. Beyond it, all are read and most thrown away.
const maxProjected = 100

// query reads all pages of a query and calls use for each item until it returns false.
func (s *Store) query(ctx context.Context, in *dynamodb.QueryInput, use func(item) bool) error {
	in.TableName = s.tableName()
	for {
		out, err := s.client.Query(ctx, in, s.retry)
		if err != nil {
			return err
		}
		for _, it := range out.Items {
			if !use(it) {
				return nil
			}
		}
		if len(out.LastEvaluatedKey) == 0 {
			return nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

// Readings queries each component, several at a time.
func (s *Store) Readings(ctx context.Context, q store.ReadingQuery) ([]twin.Reading, error) {
	components := slices.Compact(slices.Sorted(slices.Values(q.Components)))
	type found struct {
		readings []twin.Reading
		origins  []originID
	}
	perComponent := make([]found, len(components))
	err := each(ctx, len(components), func(ctx context.Context, i int) error {
		f := &perComponent[i]
		var bad error
		err := s.query(ctx, componentQuery(components[i], q.Metrics), func(it item) bool {
			f.readings, f.origins, bad = s.appendReadings(it, &q, f.readings, f.origins)
			return bad == nil
		})
		if err != nil {
			return fmt.Errorf("dynamo: reading %s: %w", components[i], err)
		}
		return bad
	})
	if err != nil {
		return nil, err
	}
	var all found
	for _, f := range perComponent {
		all.readings, all.origins = append(all.readings, f.readings...), append(all.origins, f.origins...)
	}
	if err := s.resolve(ctx, all.readings, all.origins); err != nil {
		return nil, err
	}
	return store.InOrder(all.readings), nil
}

// componentQuery reads the items of a component, of which only some metrics where they are few.
func componentQuery(component string, metrics []string) *dynamodb.QueryInput {
	in := &dynamodb.QueryInput{
		KeyConditionExpression:    ptr("#c=:c"),
		ExpressionAttributeNames:  map[string]string{"#c": schema.Component},
		ExpressionAttributeValues: item{":c": text(component)},
	}
	metrics = slices.Compact(slices.Sorted(slices.Values(metrics)))
	if len(metrics) == 0 || len(metrics) > maxProjected {
		return in
	}
	projection := []string{"#c", "#p", "#d", "#t", "#b"}
	in.ExpressionAttributeNames["#b"] = attrBlock
	in.ExpressionAttributeNames["#p"] = schema.Part
	in.ExpressionAttributeNames["#d"] = schema.Dataset
	in.ExpressionAttributeNames["#t"] = schema.TTL
	for i, m := range metrics {
		name := "#" + strconv.Itoa(i)
		projection = append(projection, name)
		in.ExpressionAttributeNames[name] = metricPrefix + m
	}
	in.ProjectionExpression = ptr(strings.Join(projection, ","))
	return in
}

// appendReadings decodes what a query selects of an item.
func (s *Store) appendReadings(it item, q *store.ReadingQuery, readings []twin.Reading, origins []originID) ([]twin.Reading, []originID, error) {
	if strings.HasPrefix(textOf(it[schema.Part]), ownPart) || !slices.Contains(q.Datasets, textOf(it[schema.Dataset])) {
		return readings, origins, nil
	}
	ends, err := numberOf(it[schema.TTL])
	if err != nil {
		return readings, origins, fmt.Errorf("dynamo: the ttl of %s: %w", textOf(it[schema.Component]), err)
	}
	if ends > 0 && ends*1000 <= s.now().UnixMilli() {
		return readings, origins, nil
	}
	if block := bytesOf(it[attrBlock]); block != nil {
		return appendBlock(it, block, q, readings, origins)
	}
	for name := range it {
		metric, ok := strings.CutPrefix(name, metricPrefix)
		if !ok || q.Metrics != nil && !slices.Contains(q.Metrics, metric) {
			continue
		}
		r, id, err := it.reading(name)
		if err != nil {
			return readings, origins, err
		}
		readings, origins = append(readings, r), append(origins, id)
	}
	return readings, origins, nil
}

// appendBlock appends what a query selects of a packed item, whose readings need no origin.
func appendBlock(it item, block []byte, q *store.ReadingQuery, readings []twin.Reading, origins []originID) ([]twin.Reading, []originID, error) {
	component, dataset := textOf(it[schema.Component]), textOf(it[schema.Dataset])
	b, err := packed.Open(block)
	if err != nil {
		return readings, origins, fmt.Errorf("dynamo: %s of %s: %w", dataset, component, err)
	}
	for i := range b.Entries {
		if q.Metrics == nil || slices.Contains(q.Metrics, b.Entries[i].Metric) {
			readings, origins = append(readings, b.Entries[i].Reading(component, dataset)), append(origins, originID{})
		}
	}
	return readings, origins, nil
}

// Components reads the index of each dataset and merges.
func (s *Store) Components(ctx context.Context, q store.ComponentQuery) ([]string, error) {
	lists := make([][]string, len(q.Datasets))
	err := each(ctx, len(q.Datasets), func(ctx context.Context, i int) error {
		var err error
		if lists[i], err = s.componentsOf(ctx, q.Datasets[i], q); err != nil {
			return fmt.Errorf("dynamo: listing the components of %s: %w", q.Datasets[i], err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// The first of all are among the first of each.
	all := slices.Concat(lists...)
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(len(all), q.Limit)], nil
}

// componentsOf returns the first components of one dataset.
func (s *Store) componentsOf(ctx context.Context, dataset string, q store.ComponentQuery) ([]string, error) {
	condition := "#d=:d"
	names := map[string]string{"#d": schema.Dataset}
	values := item{":d": text(dataset)}
	// The list begins at the prefix or after a name, and is read until the prefix ends. A key condition
	// has one range, so begins_with would leave no room for the name; it saves one page at most.
	switch {
	case q.After != "" && q.After >= q.Prefix:
		condition, names["#c"], values[":c"] = condition+" AND #c>:c", schema.Component, text(q.After)
	case q.Prefix != "":
		condition, names["#c"], values[":c"] = condition+" AND #c>=:c", schema.Component, text(q.Prefix)
	}
	var out []string
	err := s.query(ctx, &dynamodb.QueryInput{
		IndexName: ptr(schema.Index), KeyConditionExpression: &condition,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
		Limit: ptr(int32(max(q.Limit, 100))), // narrow layouts list a component once per metric
	}, func(it item) bool {
		component := textOf(it[schema.Component])
		if !strings.HasPrefix(component, q.Prefix) {
			return false
		}
		if n := len(out); n == 0 || out[n-1] != component {
			out = append(out, component)
		}
		return len(out) < q.Limit
	})
	return out, err
}
