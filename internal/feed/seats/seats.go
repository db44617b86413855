// Package seats bounds how many streams and long polls of the change feed a caller keeps at once, so that one cannot
// take all that there are.
//
// [Seats] knows how many a caller may have, and a [Book] who sits where: [Memory] in one process, package dynamolog for
// many. A caller is a person, by the subject of the token and whatever the program, or a machine, by its client id.
//
// Caveats:
//   - A seat is taken until a time. Whoever sits must be gone by then: the book may give the seat to another.
//   - A follower that goes without a word keeps the seat until its end is noticed, and on AWS that is often the end of
//     the stream.
package seats

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
)

// Book is who sits where. Its methods may be called at the same time.
type Book interface {
	// Take takes one of the n seats of a holder until a time, or returns [ErrTaken]. release gives it back; it may be
	// called once, and does not fail: a seat that could not be given back is free when its time is over.
	Take(ctx context.Context, holder string, n int, until time.Time) (release func(), err error)
}

// ErrTaken says that all seats of a holder are taken.
var ErrTaken = errors.New("seats: all are taken")

// Seats is how many seats callers have.
type Seats struct {
	Book    Book
	Usual   int            // of a caller
	Clients map[string]int // of machines that have another number, by client id
}

// FullError says that a caller keeps as many streams and polls as it may.
type FullError struct{ Limit int }

func (e *FullError) Error() string { return fmt.Sprintf("seats: all %d are taken", e.Limit) }

// Take takes a seat of a caller until a time, or returns a [*FullError].
func (s *Seats) Take(ctx context.Context, c access.Caller, until time.Time) (release func(), err error) {
	holder, n := s.of(c)
	release, err = s.Book.Take(ctx, holder, n, until)
	if errors.Is(err, ErrTaken) {
		return nil, &FullError{n}
	}
	return release, err
}

// of returns whose seats a caller takes, and how many there are. The token of a machine has its client id as the
// subject.
func (s *Seats) of(c access.Caller) (holder string, n int) {
	if c.Subject != "" && c.Subject != c.Client {
		return "subject:" + c.Subject, s.Usual
	}
	n, ok := s.Clients[c.Client]
	if !ok {
		n = s.Usual
	}
	return "client:" + c.Client, n
}
