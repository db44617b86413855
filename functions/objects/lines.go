package main

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
	maxObject   = 128 << 20 // the greatest buffer of a delivery stream
	maxInflated = 4 << 30
	maxRecord   = 16 << 20
)

// errTooLarge is wrapped by the errors that say that a limit was exceeded.
var errTooLarge = errors.New("too large")

// lines reads the records of an object one after the other, in the memory of one.
type lines struct {
	text *bufio.Reader
	read *counter
	one  bool // the object is one record
	line []byte
	done bool
}

// openLines returns the reader of the records in an object. The error says that it is not.
func openLines(source framing.Source, object io.Reader) (*lines, error) {
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
	return &lines{text: bufio.NewReaderSize(text, 64<<10), read: c, one: source.Framing == framing.Plain}, nil
}

// next returns the next record, valid until the next call, and io.EOF after the last one. A record that is
// too large is an error of its own, after which reading may go on; after any other error it may not.
func (l *lines) next() ([]byte, error) {
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
func (l *lines) take() ([]byte, error) {
	l.line = l.line[:0]
	size := 0
	for {
		part, err := l.text.ReadSlice('\n')
		if size += len(part); size <= maxRecord {
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
		if size > maxRecord {
			return nil, &recordTooLarge{size}
		}
		if l.one {
			return l.line, nil
		}
		return bytes.TrimRight(l.line, "\r\n"), nil
	}
}

// recordTooLarge says that a record exceeds [maxRecord].
type recordTooLarge struct{ size int }

func (e *recordTooLarge) Error() string {
	return fmt.Sprintf("a record of %d bytes: an object's records may have %d MB", e.size, maxRecord>>20)
}

// counter stops reading where an object is larger than any should be.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	if c.n += int64(n); c.n > maxInflated {
		return n, fmt.Errorf("%w: it has more than %d GB when it is inflated", errTooLarge, maxInflated>>30)
	}
	return n, err
}
