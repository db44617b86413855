package dynamo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// The items of the store itself. What the cache reads lies from partDataset to partNewest.
const (
	partDataset = schema.DatasetPart
	partForget  = "#forget#"
	partForm    = "#form"
	partNewest  = "#newest#"
	partHeld    = "#held#" // datasets that are paused; between partDataset and partNewest
	partOrigin  = "#origin#"

	attrEntry, attrNewest, attrPaused = "entry", "newest", "paused"
)

func catalogueKey(part string) item { return key(schema.Catalogue, part) }

// How old catalogue and forget list may be. A process reads them again after catalogueAge and goes on with what it has
// where it cannot; but no item is made, and readings are read consistently, once the list is older than listAge.
// requestAge is how long a request may be under way at the most: AWS refuses a signature that is older.
const (
	catalogueAge = 30 * time.Second
	listAge      = time.Minute
	requestAge   = 5 * time.Minute
)

// catalogue is what the store knows of datasets, of what was forgotten and of its own form. It is not changed after it
// was read.
type catalogue struct {
	datasets  []twin.Dataset // by name
	byName    map[string]*twin.Dataset
	forgotten *store.ForgetList
	entries   []store.Forgotten
	form      form
}

// expireAfter returns when readings of a dataset expire; 0 for never.
func (c *catalogue) expireAfter(dataset string) time.Duration {
	if d := c.byName[dataset]; d != nil {
		return d.ExpireAfter
	}
	return 0
}

// Forgotten implements [swap.Table].
func (s *Store) Forgotten(ctx context.Context) (*store.ForgetList, time.Time, error) {
	c, at, err := s.catalogue.Get(ctx)
	if err == nil && !s.now().Before(at.Add(listAge)) {
		c, at, err = s.catalogue.Newer(ctx, catalogueAge)
	}
	if err != nil {
		return nil, at, err
	}
	return c.forgotten, at.Add(listAge), nil
}

// readCatalogue reads all that the cache holds, consistently.
func (s *Store) readCatalogue(ctx context.Context) (*catalogue, error) {
	c := &catalogue{byName: map[string]*twin.Dataset{}}
	newest, paused := map[string]twin.Millis{}, map[string]twin.Millis{}
	var bad error
	err := s.query(ctx, &dynamodb.QueryInput{
		ConsistentRead:           ptr(true),
		KeyConditionExpression:   ptr("#c=:c AND #p BETWEEN :first AND :last"),
		ExpressionAttributeNames: map[string]string{"#c": schema.Component, "#p": schema.Part},
		ExpressionAttributeValues: item{
			// $ follows #
			":c": text(schema.Catalogue), ":first": text(partDataset), ":last": text(strings.TrimSuffix(partNewest, "#") + "$"),
		},
	}, func(it item) bool {
		part := textOf(it[schema.Part])
		if bad = c.add(part, it, newest, paused); bad != nil {
			bad = fmt.Errorf("dynamo: catalogue item %s: %w", part, bad)
		}
		return bad == nil
	})
	if err = errors.Join(err, bad); err != nil {
		return nil, fmt.Errorf("dynamo: reading the catalogue: %w", err)
	}
	for i := range c.datasets {
		d := &c.datasets[i]
		d.Newest, d.Paused = newest[d.Name], paused[d.Name]
		c.byName[d.Name] = d
	}
	c.forgotten = store.NewForgetList(c.entries)
	return c, nil
}

// add adds what one item says.
func (c *catalogue) add(part string, it item, newest, paused map[string]twin.Millis) error {
	name, isNewest := strings.CutPrefix(part, partNewest)
	switch {
	case isNewest:
		n, err := numberOf(it[attrNewest])
		newest[name] = twin.Millis(n)
		return err
	case strings.HasPrefix(part, partHeld):
		n, err := numberOf(it[attrPaused])
		paused[strings.TrimPrefix(part, partHeld)] = twin.Millis(n)
		return err
	case strings.HasPrefix(part, partForget):
		e, err := forgottenOf(it)
		c.entries = append(c.entries, e)
		return err
	case part == partForm:
		return json.Unmarshal([]byte(textOf(it[attrEntry])), &c.form)
	case strings.HasPrefix(part, partDataset):
		var d twin.Dataset
		if err := json.Unmarshal([]byte(textOf(it[attrEntry])), &d); err != nil {
			return err
		}
		c.datasets = append(c.datasets, d)
	}
	return nil
}

// Datasets returns the catalogue, in the order of names because the parts are.
func (s *Store) Datasets(ctx context.Context) ([]twin.Dataset, error) {
	c, err := s.readCatalogue(ctx)
	if err != nil {
		return nil, err
	}
	return c.datasets, nil
}

// PutDataset writes a dataset into the catalogue.
func (s *Store) PutDataset(ctx context.Context, d twin.Dataset) error {
	d.Newest, d.Paused = 0, 0
	if err := s.putEntry(ctx, partDataset+d.Name, d); err != nil {
		return fmt.Errorf("dynamo: writing dataset %s: %w", d.Name, err)
	}
	return nil
}

// putEntry writes an item of the catalogue whose content is JSON.
func (s *Store) putEntry(ctx context.Context, part string, content any) error {
	entry, err := json.Marshal(content)
	if err != nil {
		return err
	}
	_, err = s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: s.tableName(), Key: catalogueKey(part),
		UpdateExpression:          ptr("SET #e=:e"),
		ExpressionAttributeNames:  map[string]string{"#e": attrEntry},
		ExpressionAttributeValues: item{":e": text(string(entry))},
	}, s.retry)
	s.catalogue.Expire()
	return err
}

// RemoveDataset takes a dataset out of the catalogue. Its newest event time stays, and so do its pause and its
// readings.
func (s *Store) RemoveDataset(ctx context.Context, name string) error {
	_, err := s.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: s.tableName(),
		Key: catalogueKey(partDataset + name)}, s.retry)
	s.catalogue.Expire()
	if err != nil {
		return fmt.Errorf("dynamo: removing dataset %s: %w", name, err)
	}
	return nil
}

// SetPaused notes since when a dataset is paused.
func (s *Store) SetPaused(ctx context.Context, dataset string, since twin.Millis) error {
	_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: s.tableName(), Key: catalogueKey(partHeld + dataset),
		UpdateExpression:          ptr("SET #p=:p"),
		ExpressionAttributeNames:  map[string]string{"#p": attrPaused},
		ExpressionAttributeValues: item{":p": number(int64(since))},
	}, s.retry)
	s.catalogue.Expire()
	if err != nil {
		return fmt.Errorf("dynamo: pausing dataset %s: %w", dataset, err)
	}
	return nil
}

// Advance raises the newest event time of a dataset. It has a small item of its own, so that it
// costs one write unit however long the entry is.
func (s *Store) Advance(ctx context.Context, dataset string, newest twin.Millis) error {
	_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: s.tableName(), Key: catalogueKey(partNewest + dataset),
		UpdateExpression:          ptr("SET #n=:n"),
		ConditionExpression:       ptr("attribute_not_exists(#n) OR #n<:n"),
		ExpressionAttributeNames:  map[string]string{"#n": attrNewest},
		ExpressionAttributeValues: item{":n": number(int64(newest))},
	}, s.retry)
	var failed *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &failed) {
		return fmt.Errorf("dynamo: advancing dataset %s: %w", dataset, err)
	}
	return nil
}
