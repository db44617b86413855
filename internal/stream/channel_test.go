package stream_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/railtwin/digitaltwin/internal/stream"
)

// Ensure that a reader gets what was put, in order, as batches of what is there, and that the memory
// of the writer is its own again after the call.
func TestChannel(t *testing.T) {
	c := stream.NewChannel(10)
	in := records(5, 1)
	for i := range in {
		in[i].Data[0] = byte('a' + i)
	}
	if unsent, err := stream.Put(t.Context(), c, in); err != nil || len(unsent) > 0 {
		t.Fatal(len(unsent), err)
	}
	clear(in[0].Data)
	if c.Len() != 5 {
		t.Errorf("%d records wait", c.Len())
	}
	for _, want := range []string{"abc", "de"} {
		batch, err := c.Receive(t.Context(), 3)
		got := ""
		for _, r := range batch {
			got += string(r.Data)
		}
		if err != nil || got != want {
			t.Errorf("got %q %v, want %q", got, err, want)
		}
	}
}

// Ensure that a full channel makes the writer wait for the reader, and that an end of its context
// leaves it with exactly what was not taken.
func TestChannel_Full(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := stream.NewChannel(2)
		ctx, cancel := context.WithCancel(t.Context())
		type outcome struct {
			unsent []stream.Record
			err    error
		}
		done := make(chan outcome)
		go func() {
			unsent, err := stream.Put(ctx, c, records(5, 1))
			done <- outcome{unsent, err}
		}()
		synctest.Wait()
		if batch, err := c.Receive(ctx, 1); err != nil || len(batch) != 1 || batch[0].First != 0 {
			t.Fatal(batch, err)
		}
		synctest.Wait() // now it waits with three in
		cancel()
		out := <-done
		if !errors.Is(out.err, context.Canceled) || len(out.unsent) != 2 || out.unsent[0].First != 3 {
			t.Errorf("got %d unsent, %v", len(out.unsent), out.err)
		}
	})
}

// Ensure that a closed channel gives what it holds, then its end, to readers who wait too, and takes
// nothing more.
func TestChannel_Close(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := stream.NewChannel(3)
		if _, err := c.PutRecords(t.Context(), records(1, 1)); err != nil {
			t.Fatal(err)
		}
		c.Close()
		c.Close()
		if _, err := stream.Put(t.Context(), c, records(1, 1)); !errors.Is(err, stream.ErrClosed) {
			t.Errorf("putting: %v", err)
		}
		if batch, err := c.Receive(t.Context(), 5); err != nil || len(batch) != 1 {
			t.Errorf("got %d records, %v", len(batch), err)
		}
		if _, err := c.Receive(t.Context(), 5); !errors.Is(err, stream.ErrClosed) {
			t.Errorf("receiving: %v", err)
		}

		waiting := stream.NewChannel(0)
		done := make(chan error)
		go func() { _, err := waiting.Receive(t.Context(), 1); done <- err }()
		synctest.Wait()
		waiting.Close()
		if err := <-done; !errors.Is(err, stream.ErrClosed) {
			t.Errorf("waiting: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := stream.NewChannel(0).Receive(ctx, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
}
