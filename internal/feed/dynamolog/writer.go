package dynamolog

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/dynamolog/schema"
)

// Writer adds to a log. It is for one goroutine.
type Writer struct {
	Client API
	Table  string
	Now    func() time.Time // nil for time.Now

	began bool
	last  feed.Position
}

// A batch of a log is at most about maxBatch bytes, so that its item stays below the 400 KB of DynamoDB also where it
// cannot be compressed. attemptTime is how long a request may take: with it, an item appears before [overlap] is over.
const (
	maxBatch    = 300 << 10
	attemptTime = 2 * time.Second
)

// Append adds what a batch says, in as many items as it takes. Those that are added when an error occurs stay: who
// begins again tells some of it twice. since is the time of the first change that the log can have, when it has begun
// with this.
func (w *Writer) Append(ctx context.Context, b *feed.Batch, since time.Time) error {
	if b.Empty() {
		return nil
	}
	if err := w.begin(ctx, since); err != nil {
		return err
	}
	for _, part := range b.Split(maxBatch) {
		if err := w.put(ctx, 0, &types.AttributeValueMemberB{Value: pack(part)}); err != nil {
			return err
		}
	}
	return nil
}

// Gap says that changes are missing, or that what is served has changed in a way that no event can say. Followers get a
// gap once this time after now is over.
func (w *Writer) Gap(ctx context.Context, after time.Duration, since time.Time) error {
	if err := w.begin(ctx, since); err != nil {
		return err
	}
	return w.put(ctx, after, nil)
}

// begin notes from when on the log has everything, where that is not known yet.
func (w *Writer) begin(ctx context.Context, since time.Time) error {
	if w.began {
		return nil
	}
	if now := w.now(); since.After(now) {
		since = now
	}
	err := w.attempt(ctx, func(ctx context.Context) error {
		_, err := w.Client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: &w.Table, ConditionExpression: aws.String("attribute_not_exists(#m)"),
			ExpressionAttributeNames: map[string]string{"#m": schema.Minute},
			Item:                     item{schema.Minute: number(0), schema.Position: blob(feed.PositionAt(since.Add(-ahead)))},
		}, once)
		if _, there := errors.AsType[*types.ConditionalCheckFailedException](err); there {
			return nil
		}
		return err
	})
	w.began = err == nil
	return err
}

// put adds an item at a time after now. Each attempt has a position of its own, so that none appears late.
func (w *Writer) put(ctx context.Context, after time.Duration, batch types.AttributeValue) error {
	return w.attempt(ctx, func(ctx context.Context) error {
		at := feed.PositionAt(w.now().Add(after))
		if after == 0 {
			if at <= w.last {
				at = w.last.Add(time.Microsecond)
			}
			w.last = at
		}
		random := make([]byte, 8)
		_, _ = rand.Read(random) // never fails
		at += feed.Position(random)
		it := item{schema.Minute: number(minuteOf(at)), schema.Position: blob(at),
			schema.TTL: number(at.Time().Add(keep).Unix())}
		if batch != nil {
			it[attrBatch] = batch
		}
		_, err := w.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &w.Table, Item: it}, once)
		return err
	})
}

func (w *Writer) now() time.Time {
	if w.Now != nil {
		return w.Now()
	}
	return time.Now()
}

// once is how a request is sent: who repeats it gives it another position.
func once(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }

const mostAttempts = 5

// attempt repeats what has failed, for as long as ctx lasts.
func (w *Writer) attempt(ctx context.Context, do func(context.Context) error) (err error) {
	pause := 50 * time.Millisecond
	for n := range mostAttempts {
		if n > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return fmt.Errorf("dynamolog: %w", errors.Join(err, ctx.Err()))
			}
			pause *= 2
		}
		one, cancel := context.WithTimeout(ctx, attemptTime)
		err = do(one)
		cancel()
		if err == nil {
			return nil
		}
	}
	return fmt.Errorf("dynamolog: %w", err)
}
