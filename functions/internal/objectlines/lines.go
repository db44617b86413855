// Package objectlines reads the objects of a bucket as a source: where their records lie, and what each is called.
package objectlines

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/railtwin/digitaltwin/internal/framing"
)

// The limits of an object: of what is read, of what it is when it is inflated, and of a record in it.
const (
	MaxObject   = 128 << 20 // the greatest buffer of a delivery stream
	maxInflated = 4 << 30
	MaxRecord   = 16 << 20
)

// ErrTooLarge is wrapped by the errors that say that a limit was exceeded.
var ErrTooLarge = errors.New("too large")

// Lines reads the records of an object one after the other, in the memory of one.
type Lines struct {
	text *bufio.Reader
	read *counter
	one  bool // the object is one record
	line []byte
	done bool
}

// Open returns the reader of the records in an object. The error says that it is not.
func Open(source framing.Source, object io.Reader) (*Lines, error) {
	if source.Framing == framing.Gzip {
		z, err := framing.GunzipLines(object)
		if err != nil {
			return nil, fmt.Errorf("it should be compressed, but is no gzip file: %w", err)
		}
		object = z
	}
	c := &counter{r: object}
	text, err := source.Decode(c)
	if err != nil {
		return nil, err
	}
	return &Lines{text: bufio.NewReaderSize(text, 64<<10), read: c, one: source.Framing == framing.Plain}, nil
}

// Next returns the next record, valid until the next call, and io.EOF after the last one. A record that is
// too large is an error of its own, after which reading may go on; after any other error it may not.
func (l *Lines) Next() ([]byte, error) {
	for !l.done {
		record, err := l.take()
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(record)) > 0 {
			return record, nil
		}
	}
	return nil, io.EOF
}

// take reads up to the end of a line, or of the object where that is one record.
func (l *Lines) take() ([]byte, error) {
	l.line = l.line[:0]
	size := 0
	for {
		part, err := l.text.ReadSlice('\n')
		if size += len(part); size <= MaxRecord {
			l.line = append(l.line, part...)
		}
		switch {
		case errors.Is(err, io.EOF):
			l.done = true
		case errors.Is(err, bufio.ErrBufferFull), err == nil && l.one:
			continue
		case err != nil:
			l.done = true
			return nil, err
		}
		if size > MaxRecord {
			return nil, &RecordTooLarge{size}
		}
		if l.one {
			return l.line, nil
		}
		return bytes.TrimRight(l.line, "\r\n"), nil
	}
}

// RecordTooLarge says that a record exceeds [MaxRecord].
type RecordTooLarge struct{ size int }

func (e *RecordTooLarge) Error() string {
	return fmt.Sprintf("a record of %d bytes: an object's records may have %d MB", e.size, MaxRecord>>20)
}

// counter stops reading where an object is larger than any should be.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	if c.n += int64(n); c.n > maxInflated {
		return n, fmt.Errorf("%w: it has more than %d GB when it is inflated", ErrTooLarge, maxInflated>>30)
	}
	return n, err
}
