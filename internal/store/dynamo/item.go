package dynamo

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// The names of attributes are short, because they are paid for in every item.
const (
	attrBlock = "p"
	attrTag   = "v"
	attrFloor = "floor"
)

// item is an item as the SDK gives it.
type item map[string]types.AttributeValue

// ownPart is what the parts of the store itself begin with: a dataset is not empty and has no #, so no part of one
// does.
const ownPart = "#"

func key(component, part string) item {
	return item{schema.Component: text(component), schema.Part: text(part)}
}

// partOf returns the part of an item.
func partOf(k swap.Key) string { return k.Dataset + "~" + strconv.FormatUint(k.Part, 10) }

// keyOf returns the key of a packed item, ok is false for any other.
func keyOf(component, part string) (k swap.Key, ok bool) {
	i := strings.LastIndexByte(part, '~')
	if i <= 0 {
		return k, false
	}
	n, err := strconv.ParseUint(part[i+1:], 10, 64)
	return swap.Key{Component: component, Dataset: part[:i], Part: n}, err == nil
}

// datasetOf returns the dataset of a part of any form.
func datasetOf(part string) string {
	if i := strings.IndexByte(part, '#'); i >= 0 {
		return part[:i]
	}
	if i := strings.LastIndexByte(part, '~'); i >= 0 {
		return part[:i]
	}
	return part
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func blob(b []byte) types.AttributeValue { return &types.AttributeValueMemberB{Value: b} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// textOf, bytesOf and numberOf give the zero value for an attribute that is not there.
func textOf(v types.AttributeValue) string {
	s, _ := v.(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}

func bytesOf(v types.AttributeValue) []byte {
	b, _ := v.(*types.AttributeValueMemberB)
	if b == nil {
		return nil
	}
	return b.Value
}

func numberOf(v types.AttributeValue) (int64, error) {
	n, _ := v.(*types.AttributeValueMemberN)
	if n == nil {
		return 0, nil
	}
	return strconv.ParseInt(n.Value, 10, 64)
}

func ptr[T any](v T) *T { return &v }

// errCorrupt is said of an item that no version of this package has written.
var errCorrupt = errors.New("the item is damaged")

// none is an item that is not there.
func none() swap.Item { return swap.Item{State: packed.State{Floor: packed.NoFloor}} }

// open reads a packed item.
func (it item) open() (swap.Item, error) {
	out := none()
	tag := bytesOf(it[attrTag])
	if len(tag) != packed.TagSize {
		return out, fmt.Errorf("%w: its tag has %d bytes", errCorrupt, len(tag))
	}
	block, err := packed.Open(bytesOf(it[attrBlock]))
	if err != nil {
		return out, fmt.Errorf("%w: %w", errCorrupt, err)
	}
	if it[attrFloor] != nil {
		floor, err := numberOf(it[attrFloor])
		if err != nil {
			return out, fmt.Errorf("%w: its floor: %w", errCorrupt, err)
		}
		out.Floor = twin.Millis(floor)
	}
	if out.Expiry, err = numberOf(it[schema.TTL]); err != nil {
		return out, fmt.Errorf("%w: its ttl: %w", errCorrupt, err)
	}
	out.Block, out.Exists, out.Tag = *block, true, packed.Tag(tag)
	return out, nil
}
