package framing

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
)

var errNotGzip = errors.New("framing: the record is not gzip; set the framing that it has")

var readers = sync.Pool{New: func() any { return new(gzip.Reader) }}

// inflate returns the lines in data, one gzip member or several in a row, if they have at most limit bytes.
func inflate(data []byte, limit int) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1F, 0x8B}) {
		return nil, errNotGzip
	}
	z := readers.Get().(*gzip.Reader)
	defer readers.Put(z)
	m := members{src: bytes.NewReader(data), z: z, last: '\n'}
	if err := m.next(); err != nil {
		return nil, fmt.Errorf("framing: the record is gzip, but damaged: %w", err)
	}
	var text bytes.Buffer
	text.Grow(min(4*len(data), limit) + bytes.MinRead)
	n, err := text.ReadFrom(io.LimitReader(&m, int64(limit)+1))
	if n > int64(limit) {
		return nil, fmt.Errorf("framing: the record inflates to more than %d bytes: %w", limit, ErrTooLarge)
	}
	if err != nil {
		return nil, fmt.Errorf("framing: the record is gzip, but damaged: %w", err)
	}
	return text.Bytes(), nil
}

// GunzipLines inflates src, which holds lines in one gzip member or in several in a row. The end of a member ends its
// line, whether a line feed stands there or not: otherwise the last record of one and the first of the next were one.
// The error says that src is not gzip.
func GunzipLines(src io.Reader) (io.Reader, error) {
	m := &members{src: bufio.NewReader(src), z: new(gzip.Reader), last: '\n'}
	return m, m.next()
}

// members reads gzip members one after the other.
type members struct {
	src  io.Reader // with ReadByte, so that the reader of a member takes nothing of the next
	z    *gzip.Reader
	last byte // that was read; a line feed before the first
	feed bool // a line feed comes next
}

// next opens the next member; io.EOF says that there is none.
func (m *members) next() error {
	if err := m.z.Reset(m.src); err != nil {
		return err
	}
	m.z.Multistream(false)
	m.feed = m.last != '\n' && !block(m.z.Header.Extra)
	return nil
}

// block reports whether a member with this extra field is a block of BGZF, a kind of gzip that cuts text anywhere.
func block(extra []byte) bool { return bytes.HasPrefix(extra, []byte("BC\x02\x00")) }

// Read implements [io.Reader].
func (m *members) Read(p []byte) (n int, err error) {
	for {
		if m.feed && len(p) > 0 {
			m.feed, m.last, p[0] = false, '\n', '\n'
			return 1, nil
		}
		n, err = m.z.Read(p)
		if n > 0 {
			m.last = p[n-1]
		}
		if err != io.EOF {
			return n, err
		}
		if err = m.next(); n > 0 || err != nil {
			return n, err
		}
	}
}
