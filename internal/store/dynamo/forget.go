package dynamo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// An entry of the forget list is an item of the catalogue, with the hash of its target as part: a name may be longer
// than a sort key.
const attrName, attrPrefix = "name", "prefix"

func forgetKey(t store.Target) item {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%t %s", t.Prefix, t.Name)))
	return catalogueKey(partForget + hex.EncodeToString(sum[:16]))
}

func forgottenOf(it item) (e store.Forgotten, err error) {
	floor, err := numberOf(it[attrFloor])
	prefix, _ := it[attrPrefix].(*types.AttributeValueMemberBOOL)
	if err != nil || prefix == nil {
		return e, fmt.Errorf("%w: an entry of the forget list", errCorrupt)
	}
	return store.Forgotten{Target: store.Target{Name: textOf(it[attrName]), Prefix: prefix.Value},
		Floor: twin.Millis(floor)}, nil
}

// errNotTidied is why nothing is forgotten yet.
var errNotTidied = errors.New("dynamo: the table may still hold items of the form before, from which what is " +
	"forgotten could come back; finish its upgrade first (docs/aws.md)")

// BeginForget implements [store.Forgetter].
func (s *Store) BeginForget(ctx context.Context, target store.Target) (store.Forgetting, error) {
	c, err := s.readCatalogue(ctx)
	if err == nil && !c.form.Tidied {
		err = errNotTidied
	}
	if err != nil {
		return store.Forgetting{}, err
	}
	return s.forgetter(c).BeginForget(ctx, target)
}

// ContinueForget implements [store.Forgetter].
func (s *Store) ContinueForget(ctx context.Context, f *store.Forgetting) error {
	c, err := s.readCatalogue(ctx)
	if err != nil {
		return err
	}
	return s.forgetter(c).ContinueForget(ctx, f)
}

func (s *Store) forgetter(c *catalogue) *swap.Forgetter {
	return &swap.Forgetter{Keeper: &keeper{s, c}, Now: s.now, Wait: max(s.forgetWait, 0)}
}

// keeper is the table as a forget sees it, with the catalogue of its beginning.
type keeper struct {
	*Store
	catalogue *catalogue
}

// All implements [swap.Keeper].
func (k *keeper) All(ctx context.Context, component string) ([]swap.Kept, error) {
	items, err := k.all(ctx, k.catalogue, component, true)
	for i := range items {
		if items[i].Part == formerPart {
			return nil, errNotTidied
		}
	}
	return items, err
}

// Listed implements [swap.Keeper].
func (k *keeper) Listed(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	names, _, err := k.list(ctx, &store.ComponentQuery{Prefix: prefix, After: after, Limit: limit}, allBuckets(), nil)
	return names, err
}

// Datasets implements [swap.Keeper].
func (k *keeper) Datasets(context.Context) ([]twin.Dataset, error) { return k.catalogue.datasets, nil }

// Enter implements [swap.Keeper].
func (k *keeper) Enter(ctx context.Context, e store.Forgotten) error {
	defer k.Store.catalogue.Expire()
	for _, old := range k.catalogue.entries {
		if old.Covers(e) {
			return nil
		}
	}
	_, err := k.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: k.tableName(), Key: forgetKey(e.Target),
		UpdateExpression:         ptr("SET #n=:n,#p=:p,#f=:f"),
		ConditionExpression:      ptr("attribute_not_exists(#f) OR #f<:f"),
		ExpressionAttributeNames: map[string]string{"#n": attrName, "#p": attrPrefix, "#f": attrFloor},
		ExpressionAttributeValues: item{
			":n": text(e.Name), ":p": &types.AttributeValueMemberBOOL{Value: e.Prefix}, ":f": number(int64(e.Floor)),
		},
	}, k.retry)
	var failed *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &failed) {
		return fmt.Errorf("dynamo: entering %s into the forget list: %w", e.Name, err)
	}
	for _, old := range k.catalogue.entries {
		if e.Covers(old) && old.Target != e.Target {
			if err := k.leave(ctx, old); err != nil {
				return err
			}
		}
	}
	return nil
}

// leave takes an entry out of the list that says nothing more, unless it has become later meanwhile.
func (k *keeper) leave(ctx context.Context, e store.Forgotten) error {
	_, err := k.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: k.tableName(), Key: forgetKey(e.Target), ConditionExpression: ptr("#f<=:f"),
		ExpressionAttributeNames:  map[string]string{"#f": attrFloor},
		ExpressionAttributeValues: item{":f": number(int64(e.Floor))},
	}, k.retry)
	var failed *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &failed) {
		return fmt.Errorf("dynamo: taking %s out of the forget list: %w", e.Name, err)
	}
	return nil
}
