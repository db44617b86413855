package dynamolog

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/feed/dynamolog/schema"
	"github.com/railtwin/digitaltwin/internal/feed/seats"
)

// Seats is a [seats.Book] in the table of a log, for many processes. A seat is an item:
//
//	minute    [schema.Seats]
//	position  16 bytes of SHA-256 over the holder, 2 bytes of the number of the seat
//	until     when it is free again at the latest, in milliseconds since 1970
//	lease     16 random bytes of who sits there
//	ttl       when DynamoDB may delete it
//
// A seat is taken by one conditional write, so two callers never sit on it, and there are never more than there are
// numbers. The time is that of the process: it must agree with others to less than what a stream leaves before its end.
type Seats struct {
	client SeatsAPI
	table  string
	now    func() time.Time
}

var _ seats.Book = (*Seats)(nil)

// NewSeats returns the seats in the table of a log.
func NewSeats(client SeatsAPI, table string) *Seats { return &Seats{client, table, time.Now} }

// SeatsAPI is the part of the DynamoDB client that [Seats] uses.
type SeatsAPI interface {
	API
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
}

const (
	attrUntil = "until"
	attrLease = "lease"
	// releaseTime bounds giving a seat back, which must not hold up the end of an answer.
	releaseTime = 2 * time.Second
)

// Take implements [seats.Book]. It tries any seat first, which is one write as long as few are taken; where that one
// is, it reads which are free and tries those: at most n writes in all.
func (s *Seats) Take(ctx context.Context, holder string, n int, until time.Time) (release func(), err error) {
	lease := make([]byte, 16)
	_, _ = rand.Read(lease) // never fails
	if n <= 0 {
		return nil, seats.ErrTaken
	}
	first := mathrand.IntN(n)
	if release, err := s.try(ctx, holder, first, lease, until); release != nil || err != nil {
		return release, err
	}
	others, err := s.taken(ctx, holder)
	if err != nil {
		return nil, err
	}
	for _, seat := range mathrand.Perm(n) {
		if seat == first || others[seat] {
			continue
		}
		if release, err := s.try(ctx, holder, seat, lease, until); release != nil || err != nil {
			return release, err
		}
	}
	return nil, seats.ErrTaken
}

// try takes a seat; release is nil where it is taken.
func (s *Seats) try(ctx context.Context, holder string, seat int, lease []byte, until time.Time) (release func(),
	err error) {
	taken, err := s.sit(ctx, holder, seat, lease, until)
	release = s.release(ctx, holder, seat, lease)
	if err != nil {
		release() // it may have been taken, and only the answer was lost
		return nil, err
	}
	if !taken {
		return nil, nil
	}
	return release, nil
}

// sit takes a seat where it is free.
func (s *Seats) sit(ctx context.Context, holder string, seat int, lease []byte, until time.Time) (taken bool,
	err error) {
	item := seatKey(holder, seat)
	item[attrUntil], item[attrLease] = number(until.UnixMilli()), &types.AttributeValueMemberB{Value: lease}
	item[schema.TTL] = number(until.Unix() + 1)
	_, err = s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &s.table, Item: item,
		// The lease is the own one where the answer to a write was lost, and the client of DynamoDB has sent it again.
		ConditionExpression:      aws.String("attribute_not_exists(#minute) OR #until <= :now OR #lease = :lease"),
		ExpressionAttributeNames: map[string]string{"#minute": schema.Minute, "#until": attrUntil, "#lease": attrLease},
		ExpressionAttributeValues: map[string]types.AttributeValue{":now": number(s.now().UnixMilli()),
			":lease": item[attrLease]},
	})
	if _, failed := errors.AsType[*types.ConditionalCheckFailedException](err); failed {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("dynamolog: taking a seat: %w", err)
	}
	return true, nil
}

// taken returns the seats of a holder that are taken.
func (s *Seats) taken(ctx context.Context, holder string) (map[int]bool, error) {
	from, to := seatPosition(holder, 0), seatPosition(holder, 1<<16-1)
	now, all := s.now().UnixMilli(), map[int]bool{}
	var start item
	for {
		out, err := s.client.Query(ctx, &dynamodb.QueryInput{
			TableName: &s.table, ConsistentRead: aws.Bool(true), ExclusiveStartKey: start,
			KeyConditionExpression: aws.String("#minute = :seats AND #position BETWEEN :from AND :to"),
			FilterExpression:       aws.String("#until > :now"),
			ExpressionAttributeNames: map[string]string{"#minute": schema.Minute, "#position": schema.Position,
				"#until": attrUntil},
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":seats": number(schema.Seats), ":now": number(now),
				":from": &types.AttributeValueMemberB{Value: from}, ":to": &types.AttributeValueMemberB{Value: to},
			},
		})
		if err != nil {
			return nil, fmt.Errorf("dynamolog: looking for a free seat: %w", err)
		}
		for _, i := range out.Items {
			if p := blobOf(i[schema.Position]); len(p) == len(from) {
				all[int(binary.BigEndian.Uint16(p[len(p)-2:]))] = true
			}
		}
		if start = out.LastEvaluatedKey; start == nil {
			return all, nil
		}
	}
}

// release returns what gives a seat back, if it is still that of the lease.
func (s *Seats) release(ctx context.Context, holder string, seat int, lease []byte) func() {
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime) // ctx has ended with the stream
		defer cancel()
		_, _ = s.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{ // if it fails, the seat is free in time
			TableName: &s.table, Key: seatKey(holder, seat),
			ConditionExpression:       aws.String("#lease = :lease"),
			ExpressionAttributeNames:  map[string]string{"#lease": attrLease},
			ExpressionAttributeValues: map[string]types.AttributeValue{":lease": &types.AttributeValueMemberB{Value: lease}},
		})
	}
}

func seatKey(holder string, seat int) item {
	return item{schema.Minute: number(schema.Seats),
		schema.Position: &types.AttributeValueMemberB{Value: seatPosition(holder, seat)}}
}

func seatPosition(holder string, seat int) []byte {
	sum := sha256.Sum256([]byte(holder))
	return binary.BigEndian.AppendUint16(sum[:16:16], uint16(seat))
}
