package framing

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
)

var errNotGzip = errors.New("framing: the record is not gzip; set the framing that it has")

var readers = sync.Pool{New: func() any { return new(gzip.Reader) }}

// inflate returns what data, one gzip stream or several in a row, holds, if that is at most limit bytes.
func inflate(data []byte, limit int) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1F, 0x8B}) {
		return nil, errNotGzip
	}
	z := readers.Get().(*gzip.Reader)
	defer readers.Put(z)
	if err := z.Reset(bytes.NewReader(data)); err != nil {
		return nil, fmt.Errorf("framing: the record is gzip, but damaged: %w", err)
	}
	var text bytes.Buffer
	text.Grow(min(4*len(data), limit) + bytes.MinRead)
	n, err := text.ReadFrom(io.LimitReader(z, int64(limit)+1))
	if n > int64(limit) {
		return nil, fmt.Errorf("framing: the record inflates to more than %d bytes: %w", limit, ErrTooLarge)
	}
	if err != nil {
		return nil, fmt.Errorf("framing: the record is gzip, but damaged: %w", err)
	}
	return text.Bytes(), nil
}
