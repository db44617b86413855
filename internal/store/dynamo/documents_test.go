package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
)

// forgetful is a table whose answers to writes get lost, so that they are repeated.
type forgetful struct {
	dynamo.API
	lose bool
}

func (f *forgetful) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput,
	o ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	if f.lose {
		if _, err := f.API.UpdateItem(ctx, in, o...); err != nil {
			return nil, err
		}
	}
	return f.API.UpdateItem(ctx, in, o...)
}

// Ensure that a document is replaced by who has read its last version and by nobody else, also where the answer to a
// write was lost, and that documents are listed from the last to the first.
func TestDocuments(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	table := &forgetful{API: client}
	s := dynamo.New(table, newTable(t, client), nil)
	runs, expires := s.Runs(), time.Now().Add(time.Hour)
	if d, err := runs.Get(t.Context(), "a"); d != nil || err != nil {
		t.Fatal(d, err)
	}
	a := dynamo.Document{ID: "a", Content: []byte(`{"n":1}`)}
	other := a
	for _, lose := range []bool{false, true} {
		table.lose = lose
		if err := runs.Swap(t.Context(), &a, expires); err != nil {
			t.Fatalf("lost %t: %v", lose, err)
		}
		a.Content = fmt.Appendf(nil, `{"n":%d}`, a.Version+1)
	}
	table.lose = false
	if err := runs.Swap(t.Context(), &other, expires); !errors.Is(err, dynamo.ErrChanged) || other.Version != 0 {
		t.Errorf("a second first version: %v", err)
	}
	if d, err := runs.Get(t.Context(), "a"); err != nil || d == nil || d.Version != 2 || string(d.Content) != `{"n":2}` {
		t.Errorf("%+v, %v", d, err)
	}
	for _, id := range []string{"b", "c", "d"} {
		if err := runs.Swap(t.Context(), &dynamo.Document{ID: id, Content: []byte("{}")}, expires); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		before string
		limit  int
		want   string
	}{{"", 2, "[d c]"}, {"", 9, "[d c b a]"}, {"c", 1, "[b]"}, {"c", 9, "[b a]"}, {"bb", 9, "[b a]"}, {"a", 9, "[]"}} {
		list, err := runs.Before(t.Context(), c.before, c.limit)
		ids := []string{}
		for _, d := range list {
			ids = append(ids, d.ID)
		}
		if got := fmt.Sprint(ids); got != c.want || err != nil {
			t.Errorf("before %q: %s, %v, want %s", c.before, got, err, c.want)
		}
	}
	pipelines := s.Pipelines()
	for range 2 {
		if err := pipelines.Set(t.Context(), "a", []byte(`{}`)); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := pipelines.All(t.Context()); len(all) != 1 || err != nil {
		t.Errorf("%+v, %v", all, err)
	}
	for range 2 {
		if err := pipelines.Remove(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	if datasets, err := s.Datasets(t.Context()); len(datasets) != 0 || err != nil {
		t.Errorf("the catalogue holds %+v, %v", datasets, err)
	}
}
