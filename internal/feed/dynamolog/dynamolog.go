// Package dynamolog keeps a log of package feed in a DynamoDB table of its own, for a day.
//
// Several writers add to it ([Writer]), each without knowing of the others; readers ([Log]) look into it once a second.
// An item is a batch, or a part of one:
//
//	minute    partition key: minutes since 1970, as a number
//	position  sort key: 8 bytes of time in microseconds, 8 random ones
//	batch     the batch, compressed; where it is missing changes are missing here: followers get a gap
//	ttl       when DynamoDB may delete the item, in seconds since 1970
//
// and one item of minute 0 says from which position on the log has everything.
//
// Caveats:
//   - The time of a position is that at which its writer put it, so an item can appear after ones with greater
//     positions: up to [overlap] later, and readers look back so far.
//   - Batches of one component are in order, because its items are in one shard of the table's stream, whose batches
//     are handed over one after the other; that holds as far as the clocks of AWS Lambda agree, which is to a
//     millisecond.
package dynamolog

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/feed"
)

const attrBatch = "batch"

const (
	keep         = 24 * time.Hour   // that an item lies in the log
	margin       = time.Minute      // before that ends, readers do not count on it
	overlap      = 5 * time.Second  // see [feed.Log]
	minuteLength = time.Minute      // that is in a partition
	ahead        = 10 * time.Second // how much before its first batch the log began at least, see [Writer.Append]
)

// API is the part of the DynamoDB client that is used.
type API interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
}

type item = map[string]types.AttributeValue

// minuteOf returns the partition of a position.
func minuteOf(p feed.Position) int64 { return p.Time().Unix() / 60 }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func blob(p feed.Position) types.AttributeValue {
	return &types.AttributeValueMemberB{Value: []byte(p)}
}

func blobOf(v types.AttributeValue) []byte {
	if b, ok := v.(*types.AttributeValueMemberB); ok {
		return b.Value
	}
	return nil
}

// pack returns a batch as it lies in an item.
func pack(b *feed.Batch) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b.Encode(nil)) // memory takes everything
	_ = w.Close()
	return out.Bytes()
}

// maxUnpacked bounds a batch in memory in bytes: the writer's are far smaller.
const maxUnpacked = 16 << 20

// unpack reads what [pack] made.
func unpack(data []byte) (*feed.Batch, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("dynamolog: %w: %w", feed.ErrForm, err)
	}
	encoded, err := io.ReadAll(io.LimitReader(r, maxUnpacked+1))
	if err != nil || len(encoded) > maxUnpacked {
		return nil, fmt.Errorf("dynamolog: %w: %d bytes, %w", feed.ErrForm, len(encoded), err)
	}
	return feed.Decode(encoded)
}
