package dynamo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
)

// Documents are JSON texts of one kind beside the catalogue, by their ids: a place for what functions keep that is no
// reading. Catalogue and lists do not read them.
type Documents struct {
	store *Store
	kind  string // what their parts begin with: outside of what the cache of the catalogue reads
}

// Runs are the runs of operators, see package operate.
func (s *Store) Runs() *Documents { return &Documents{s, "#run#"} }

// Pipelines are what the deployment says of each dataset, see [wiring.Pipeline].
func (s *Store) Pipelines() *Documents { return &Documents{s, "#pipeline#"} }

// Document is one of them.
type Document struct {
	ID      string // of UTF-8, at most 1,000 bytes
	Content []byte // JSON, at most 390 KB
	Version int64  // 1 for the first that is swapped in, 0 for none
}

// ErrChanged is returned where a document has another version than the one that was read.
var ErrChanged = errors.New("dynamo: the document has changed")

const attrVersion = "version"

func (d *Documents) key(id string) item { return catalogueKey(d.kind + id) }

// Swap writes a document if the stored one has its version, and sets the next one. It goes some time after expires.
func (d *Documents) Swap(ctx context.Context, doc *Document, expires time.Time) error {
	condition := "attribute_not_exists(#e)"
	values := item{
		":e": text(string(doc.Content)), ":t": number(expires.Unix()), ":next": number(doc.Version + 1),
	}
	if doc.Version > 0 {
		condition, values[":v"] = "#v=:v", number(doc.Version)
	}
	_, err := d.store.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: d.store.tableName(), Key: d.key(doc.ID),
		UpdateExpression:          ptr("SET #e=:e,#v=:next,#t=:t"),
		ConditionExpression:       &condition,
		ExpressionAttributeNames:  map[string]string{"#e": attrEntry, "#v": attrVersion, "#t": schema.TTL},
		ExpressionAttributeValues: values,
	}, d.store.retry)
	if _, failed := errors.AsType[*types.ConditionalCheckFailedException](err); failed {
		err = d.mine(ctx, doc)
	}
	if err != nil {
		return fmt.Errorf("dynamo: writing %s%s: %w", d.kind, doc.ID, err)
	}
	doc.Version++
	return nil
}

// mine tells a write whose answer was lost, and that was repeated, from one of somebody else.
func (d *Documents) mine(ctx context.Context, doc *Document) error {
	stored, err := d.Get(ctx, doc.ID)
	if err == nil && (stored == nil || stored.Version != doc.Version+1 || !bytes.Equal(stored.Content, doc.Content)) {
		err = ErrChanged
	}
	return err
}

// Set writes a document whatever is stored. It stays until it is removed.
func (d *Documents) Set(ctx context.Context, id string, content []byte) error {
	_, err := d.store.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: d.store.tableName(), Key: d.key(id), UpdateExpression: ptr("SET #e=:e"),
		ExpressionAttributeNames:  map[string]string{"#e": attrEntry},
		ExpressionAttributeValues: item{":e": text(string(content))},
	}, d.store.retry)
	if err != nil {
		return fmt.Errorf("dynamo: writing %s%s: %w", d.kind, id, err)
	}
	return nil
}

// Remove removes a document. It is no error if there is none.
func (d *Documents) Remove(ctx context.Context, id string) error {
	in := &dynamodb.DeleteItemInput{TableName: d.store.tableName(), Key: d.key(id)}
	_, err := d.store.client.DeleteItem(ctx, in, d.store.retry)
	if err != nil {
		return fmt.Errorf("dynamo: removing %s%s: %w", d.kind, id, err)
	}
	return nil
}

// Get returns a document as it was written last, nil where there is none.
func (d *Documents) Get(ctx context.Context, id string) (*Document, error) {
	found, err := d.find(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    ptr("#c=:c AND #p=:p"),
		ExpressionAttributeValues: item{":c": text(schema.Catalogue), ":p": text(d.kind + id)},
	}, 1)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Before returns documents with ids before that, "" for all, the last first: fewer than limit only at the end.
func (d *Documents) Before(ctx context.Context, id string, limit int) ([]Document, error) {
	last := d.kind + id
	if id == "" {
		last = d.kind + "\U0010ffff"
	}
	// BETWEEN takes its bounds in.
	found, err := d.find(ctx, &dynamodb.QueryInput{
		KeyConditionExpression: ptr("#c=:c AND #p BETWEEN :first AND :last"),
		ScanIndexForward:       ptr(false), Limit: ptr(int32(limit + 1)),
		ExpressionAttributeValues: item{":c": text(schema.Catalogue), ":first": text(d.kind), ":last": text(last)},
	}, limit+1)
	if len(found) > 0 && found[0].ID == id {
		found = found[1:]
	}
	return found[:min(len(found), limit)], err
}

// All returns all documents, in the order of their ids.
func (d *Documents) All(ctx context.Context) ([]Document, error) {
	return d.find(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    ptr("#c=:c AND begins_with(#p,:p)"),
		ExpressionAttributeValues: item{":c": text(schema.Catalogue), ":p": text(d.kind)},
	}, -1)
}

// find reads documents, at most so many, or all with a limit below 0.
func (d *Documents) find(ctx context.Context, in *dynamodb.QueryInput, limit int) (found []Document, err error) {
	in.ConsistentRead = ptr(true)
	in.ExpressionAttributeNames = map[string]string{"#c": schema.Component, "#p": schema.Part}
	var bad error
	err = d.store.query(ctx, in, func(it item) bool {
		version, err := numberOf(it[attrVersion])
		id := textOf(it[schema.Part])[len(d.kind):]
		if err != nil {
			bad = fmt.Errorf("%w: its version: %w", errCorrupt, err)
			return false
		}
		found = append(found, Document{ID: id, Content: []byte(textOf(it[attrEntry])), Version: version})
		return limit < 0 || len(found) < limit
	})
	if err = errors.Join(err, bad); err != nil {
		return nil, fmt.Errorf("dynamo: reading %s: %w", d.kind, err)
	}
	return found, nil
}
