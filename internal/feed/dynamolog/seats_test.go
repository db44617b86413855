package dynamolog

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/seats"
)

// counting counts requests, and loses the answers to writes where it is told to.
type counting struct {
	SeatsAPI
	puts, queries atomic.Int32
	lose          atomic.Bool
}

var errLost = errors.New("the answer was lost")

func (c *counting) PutItem(ctx context.Context, in *dynamodb.PutItemInput,
	o ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	c.puts.Add(1)
	out, err := c.SeatsAPI.PutItem(ctx, in, o...)
	if c.lose.Load() {
		return nil, errLost
	}
	return out, err
}

func (c *counting) Query(ctx context.Context, in *dynamodb.QueryInput,
	o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	c.queries.Add(1)
	return c.SeatsAPI.Query(ctx, in, o...)
}

// seatsAt are seats in the table of f, by its clock.
func (f *fixture) seats(client SeatsAPI) *Seats {
	return &Seats{client, "log", func() time.Time { return f.now }}
}

// Ensure that of many who ask at once exactly as many sit as there are seats, each for itself, and that what is given
// back, or has ended, is free again.
func TestSeats_Races(t *testing.T) {
	f := newFixture(t)
	const n, callers = 5, 40
	until := f.now.Add(14 * time.Minute)
	for round := range 3 {
		var mu sync.Mutex
		var releases []func()
		var all sync.WaitGroup
		for i := range callers {
			all.Go(func() { // each a process of its own
				release, err := f.seats(f.client).Take(t.Context(), "client:m", n, until)
				if err != nil && !errors.Is(err, seats.ErrTaken) {
					t.Errorf("%d: %v", i, err)
				}
				if err == nil {
					mu.Lock()
					defer mu.Unlock()
					releases = append(releases, release)
				}
			})
		}
		all.Wait()
		if len(releases) != n {
			t.Fatalf("round %d: %d sit on %d seats", round, len(releases), n)
		}
		if other, err := f.seats(f.client).Take(t.Context(), "subject:m", n, until); err != nil {
			t.Errorf("another holder: %v", err)
		} else {
			other()
		}
		switch round {
		case 0:
			for _, release := range releases {
				release()
			}
		case 1: // these crash: their seats are free when their time is over, and not before
			f.now = until.Add(-time.Millisecond)
			if _, err := f.seats(f.client).Take(t.Context(), "client:m", n, until.Add(time.Hour)); !errors.Is(err,
				seats.ErrTaken) {
				t.Fatalf("a seat is free too early: %v", err)
			}
			f.now = until
			until = until.Add(14 * time.Minute)
			for _, release := range releases { // too late: it must not free the seat of the next
				defer release()
			}
		}
	}
}

// Ensure that who gives back a seat whose time is over does not free that of the next.
func TestSeats_LateRelease(t *testing.T) {
	f := newFixture(t)
	s := f.seats(f.client)
	late, err := s.Take(t.Context(), "client:m", 1, f.now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	f.now = f.now.Add(time.Minute)
	if _, err := s.Take(t.Context(), "client:m", 1, f.now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	late()
	if _, err := s.Take(t.Context(), "client:m", 1, f.now.Add(time.Minute)); !errors.Is(err, seats.ErrTaken) {
		t.Errorf("%v", err)
	}
}

// Ensure that a seat costs one write where few are taken, and at most one for each seat and a query where all are; that
// a seat whose answer was lost is given back; and that the log is not read for seats.
func TestSeats_Requests(t *testing.T) {
	f := newFixture(t)
	f.append(t, "a:1")
	client := &counting{SeatsAPI: f.client}
	s := f.seats(client)
	until := f.now.Add(time.Minute)
	client.lose.Store(true)
	if _, err := s.Take(t.Context(), "client:m", 1, until); !errors.Is(err, errLost) {
		t.Fatalf("%v", err)
	}
	client.lose.Store(false)
	for _, c := range []struct{ n, puts, queries int32 }{{1, 1, 0}, {1, 1, 1}, {300, 2, 1}} {
		client.puts.Store(0)
		client.queries.Store(0)
		_, err := s.Take(t.Context(), "client:m", int(c.n), until)
		if full := c.n == 1 && c.queries == 1; full != errors.Is(err, seats.ErrTaken) || !full && err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		if p, q := client.puts.Load(), client.queries.Load(); p > c.puts || q > c.queries {
			t.Errorf("%+v: %d writes, %d queries", c, p, q)
		}
	}
	out, err := f.client.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("log"),
		FilterExpression: aws.String("attribute_exists(lease)")})
	if err != nil || len(out.Items) != 2 {
		t.Errorf("%d seats, %v", len(out.Items), err)
	}
	if got := next(t, feed.NewTail(f.log, feed.PositionAt(f.now.Add(-time.Second)))); len(got) != 1 {
		t.Errorf("the log has %v", got)
	}
}
