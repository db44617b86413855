package dynamolog

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/dynamolog/schema"
)

// found is what was read after a position.
type found struct {
	batches []*feed.Batch
	gap     feed.Position // the last place where changes are missing; "" for none
	reached feed.Position
	more    bool
}

// How much is read at once, at most about.
const (
	mostBatches = 256
	mostBytes   = 4 << 20 // compressed
	mostMinutes = 60
)

// read reads what was added after a position, minute by minute.
func (l *Log) read(ctx context.Context, after feed.Position) (found, error) {
	now := feed.PositionAt(l.now())
	f := found{reached: l.settled()}
	known := l.decoded()
	bytes := 0
	last := minuteOf(now)
	for minute := minuteOf(after); minute <= last; minute++ {
		if minute-minuteOf(after) >= mostMinutes {
			f.stop(feed.PositionAt(after.Time().Truncate(minuteLength).Add(mostMinutes * minuteLength)))
			return f, nil
		}
		in := &dynamodb.QueryInput{
			TableName: &l.table, KeyConditionExpression: aws.String("#m=:m AND #p BETWEEN :after AND :now"),
			ExpressionAttributeNames:  map[string]string{"#m": schema.Minute, "#p": schema.Position},
			ExpressionAttributeValues: item{":m": number(minute), ":after": blob(after + "\x00"), ":now": blob(now)},
		}
		for {
			out, err := l.client.Query(ctx, in)
			if err != nil {
				return f, fmt.Errorf("dynamolog: reading: %w", err)
			}
			for _, it := range out.Items {
				f.add(it, known)
				bytes += len(blobOf(it[attrBatch]))
			}
			if n := len(f.batches); n >= mostBatches || bytes >= mostBytes {
				// What has the same time is read again.
				f.stop(f.batches[n-1].Position.Add(0))
				return f, nil
			}
			if len(out.LastEvaluatedKey) == 0 {
				break
			}
			in.ExclusiveStartKey = out.LastEvaluatedKey
		}
	}
	return f, nil
}

// stop says up to where everything was read that is there now, and that there is more.
func (f *found) stop(at feed.Position) {
	if at < f.reached {
		f.reached, f.more = at, true
	}
}

// add adds an item. One that cannot be read is a gap, as one without a batch: nobody can say what was in it.
func (f *found) add(it item, known map[feed.Position]*feed.Batch) {
	at := feed.Position(blobOf(it[schema.Position]))
	if b := known[at]; b != nil {
		f.batches = append(f.batches, b)
		return
	}
	data := blobOf(it[attrBatch])
	if data == nil {
		f.gap = max(f.gap, at)
		return
	}
	b, err := unpack(data)
	if err != nil {
		slog.Error("an item of the log of changes is damaged", "position", hex.EncodeToString([]byte(at)), "error", err)
		f.gap = max(f.gap, at)
		return
	}
	b.Position = at
	f.batches = append(f.batches, b)
}

// decoded are the batches of the last look, most of which the next one finds again.
func (l *Log) decoded() map[feed.Position]*feed.Batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := make(map[feed.Position]*feed.Batch, len(l.window.page.batches))
	for _, b := range l.window.page.batches {
		known[b.Position] = b
	}
	return known
}
