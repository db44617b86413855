package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// A table comes from the form before to the present one in three ways. The first write of a component joins its item.
// [Store.Upgrade] does the same for those that are never written again, so that all are in the list over all datasets.
// Once the version that writes the form before will not come back, Upgrade with Tidy deletes its items. Until then
// readers join both forms, and nothing can be forgotten.

// form is how far the table has come.
type form struct {
	Listed bool // every component is in the index over all datasets
	Tidied bool // there is no item of the form before, and none will come
}

// Upgrade is an upgrade that is under way. It is kept as JSON between steps.
type Upgrade struct {
	Tidy      bool              // also delete what is joined
	NotBefore time.Time         // while writers of the version before may still be at work
	Next      map[string]string // where the scan goes on; nil for the beginning
	Items     int               // of the form before
	Left      int               // that were not joined, because the twin would be too large
	Done      bool
}

// formerAge is how long writers of the version before may be at work once no new ones are started.
const formerAge = 2 * time.Minute

// BeginUpgrade returns an upgrade from its beginning. It waits for the writers of the version before, which a table
// that holds nothing at all has never had.
func (s *Store) BeginUpgrade(ctx context.Context, tidy bool) (Upgrade, error) {
	out, err := s.client.Scan(ctx, &dynamodb.ScanInput{TableName: s.tableName(), Limit: ptr(int32(2)),
		ConsistentRead: ptr(true)}, s.retry)
	if err != nil {
		return Upgrade{}, fmt.Errorf("dynamo: upgrading %s: %w", s.table, err)
	}
	u := Upgrade{Tidy: tidy, NotBefore: s.now()}
	for _, it := range out.Items {
		if textOf(it[schema.Part]) != partForm {
			u.NotBefore = s.now().Add(formerAge)
		}
	}
	return u, nil
}

// Upgrade goes on until it is done, has to wait, or ctx ends; u says where it came to, also with an error. It may be
// repeated from the beginning, and is to be after the version before has written again.
func (s *Store) Upgrade(ctx context.Context, u *Upgrade) error {
	c, err := s.readCatalogue(ctx)
	for err == nil && !u.Done && !s.now().Before(u.NotBefore) {
		err = s.upgradePage(ctx, c, u)
		if err == nil && u.Next == nil {
			u.Done = true
			err = s.putForm(ctx, form{Listed: u.Left == 0, Tidied: u.Items == 0 || u.Tidy && u.Left == 0})
		}
	}
	if err != nil {
		return fmt.Errorf("dynamo: upgrading %s: %w", s.table, err)
	}
	return nil
}

// Downgrade says that the version before may write again: from then on components are listed as it lists them.
func (s *Store) Downgrade(ctx context.Context) error { return s.putForm(ctx, form{}) }

func (s *Store) putForm(ctx context.Context, f form) error { return s.putEntry(ctx, partForm, f) }

// upgradePage joins the items of one page of a scan.
func (s *Store) upgradePage(ctx context.Context, c *catalogue, u *Upgrade) error {
	in := &dynamodb.ScanInput{
		TableName: s.tableName(), Limit: ptr(int32(100)),
		FilterExpression:         ptr("attribute_not_exists(#p)"),
		ExpressionAttributeNames: map[string]string{"#p": attrBlock},
	}
	if u.Next != nil {
		in.ExclusiveStartKey = key(u.Next[schema.Component], u.Next[schema.Part])
	}
	out, err := s.client.Scan(ctx, in, s.retry)
	if err != nil {
		return err
	}
	formers, err := s.formers(ctx, out.Items)
	if err == nil {
		err = s.join(ctx, c, u, formers)
	}
	if err != nil {
		return err
	}
	u.Next = nil
	if last := item(out.LastEvaluatedKey); len(last) > 0 {
		u.Next = map[string]string{schema.Component: textOf(last[schema.Component]), schema.Part: textOf(last[schema.Part])}
	}
	return nil
}

// formerItem is an item of the form before.
type formerItem struct {
	swap.Item
	component, part string
}

func (s *Store) formers(ctx context.Context, items []map[string]types.AttributeValue) (formers []formerItem,
	err error) {
	for _, it := range items {
		f := formerItem{component: textOf(it[schema.Component]), part: textOf(it[schema.Part])}
		if strings.HasPrefix(f.part, ownPart) {
			continue
		}
		if f.Item, err = s.former(ctx, it); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", f.part, f.component, err)
		}
		formers = append(formers, f)
	}
	return formers, nil
}

// join offers what items of the form before hold to packed ones, and deletes them where that is wanted.
func (s *Store) join(ctx context.Context, c *catalogue, u *Upgrade, formers []formerItem) error {
	items := s.offers(c, formers)
	results, err := s.Write(ctx, items)
	if err != nil {
		return err
	}
	left := map[swap.Key]bool{}
	for i, item := range results {
		if slices.ContainsFunc(item, func(r store.Result) bool { return r.Outcome == store.Refused }) {
			left[swap.Key{Component: items[i].Component, Dataset: items[i].Dataset}] = true
		}
	}
	u.Items, u.Left = u.Items+len(formers), u.Left+len(left)
	return each(ctx, len(formers), func(ctx context.Context, i int) error {
		f := &formers[i]
		k := swap.Key{Component: f.component, Dataset: datasetOf(f.part)}
		if f.Floor != packed.NoFloor {
			if err := s.raise(ctx, k, f.Floor, c.expireAfter(k.Dataset)); err != nil {
				return err
			}
		}
		if u.Tidy && !left[k] {
			_, err := s.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: s.tableName(),
				Key: key(f.component, f.part)}, s.retry)
			return err
		}
		return nil
	})
}

// offers makes items of the readings that have not expired.
func (s *Store) offers(c *catalogue, formers []formerItem) (items []store.Item) {
	now := twin.MillisOf(s.now())
	byKey := map[swap.Key]int{}
	entries := map[swap.Key][]packed.Entry{}
	for i := range formers {
		k := swap.Key{Component: formers[i].component, Dataset: datasetOf(formers[i].part)}
		if _, ok := byKey[k]; !ok {
			byKey[k] = len(items)
			it := store.Item{Component: k.Component, Dataset: k.Dataset, ExpireAfter: c.expireAfter(k.Dataset)}
			if d := c.byName[k.Dataset]; d != nil {
				it.Places = packed.NewPlaces(d.Metrics)
			}
			items = append(items, it)
		}
		entries[k] = packed.Join(entries[k], formers[i].Block.Entries)
	}
	for k, i := range byKey {
		for j := range entries[k] {
			if e := &entries[k][j]; !packed.Expired(e.EventTime, items[i].ExpireAfter, now) {
				items[i].Changes = append(items[i].Changes, e.Change(k.Component, k.Dataset))
			}
		}
	}
	return items
}

// raise raises the floor of a component's first part, which it makes where there is none.
func (s *Store) raise(ctx context.Context, k swap.Key, floor twin.Millis, expireAfter time.Duration) error {
	for {
		at := s.Get(ctx, []swap.Key{k}, true)[0]
		if at.Err != nil || at.Floor >= floor {
			return at.Err
		}
		_, until, err := s.Forgotten(ctx)
		if err != nil {
			return err
		}
		state := at.State
		state.Floor, state.Block.Entries = floor, packed.Above(state.Block.Entries, floor)
		state.Expire(expireAfter)
		block := state.Block.Append(nil)
		done := s.Swap(ctx, []swap.Swap{{
			Key: k, Old: at.Item, Block: block, Until: until,
			New: swap.Item{State: state, Exists: true, Tag: packed.TagOf(floor, block)},
		}})[0]
		if !done.Changed {
			return done.Err
		}
	}
}
