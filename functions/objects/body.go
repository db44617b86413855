package main

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// stallLimit is how long S3 may send nothing of an object. The whole of it may take as long as the function has.
const stallLimit = 30 * time.Second

// body is an object on its way from S3. It remembers a fault of reading, to tell it from a fault in what was read, and
// ends a connection that has gone silent.
type body struct {
	r     io.Reader
	watch *time.Timer
	err   error
}

// newBody reads an object, and cancels its request when nothing comes of it any more. The watch is to be stopped.
func newBody(r io.Reader, cancel func()) *body {
	return &body{r: r, watch: time.AfterFunc(stallLimit, cancel)}
}

func (b *body) Read(p []byte) (int, error) {
	b.watch.Reset(stallLimit)
	n, err := b.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = fmt.Errorf("%w: reading the object: %w", errFault, err)
	}
	return n, err
}
