package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/functions/internal/extraction"
	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// processor is the function's handler. The delivery stream is somebody's pipeline that was there before:
// whatever happens here must neither hold its records up nor change them.
type processor struct {
	config extraction.Config
	tables []int // that read the delivery stream
	memory *extraction.Extraction
}

func newProcessor(o *extraction.Opened) (*processor, error) {
	tables, err := o.Bindings.Tables("") // of one source, which need not be named
	if err != nil {
		return nil, err
	}
	return &processor{config: o.Config, tables: tables, memory: extraction.New(o.Config)}, nil
}

// The times before the deadline of an invocation when there must be an end: of extracting and sending and of
// keeping rejects, of waiting for both, and of keeping what was not sent.
var reserves = batch.Reserves{Work: 20 * time.Second, Keep: 15 * time.Second}

const (
	waitReserve   = 12 * time.Second
	unsentReserve = 5 * time.Second
)

// Invoke answers with every record of the event, Ok and unchanged. On the way it runs them through the program,
// puts the changes into the twin stream and keeps what could not be used. What could not be sent in time is
// kept as a reject of its own, to be replayed: Firehose does not hand it over again. It fails only where the
// event is none of Firehose.
func (p *processor) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	records, unchanged, err := trigger.ParseFirehose(event, nil)
	if err != nil {
		return nil, err
	}
	wait, cancel := trigger.Before(ctx, waitReserve)
	defer cancel()
	memory := p.memory
	// What does not come to an end in its time goes on with memory that nobody else uses any more.
	p.memory = nil
	done := make(chan int, 1)
	go func() { done <- p.deliver(ctx, memory, records) }()
	finished := 0
	select {
	case finished = <-done:
		p.memory = memory
	case <-wait.Done():
		slog.Error("the records took too long", "records", len(records))
		p.memory = extraction.New(p.config)
	}
	p.keep(ctx, records[finished:])
	return unchanged, nil
}

// deliver runs the records and returns how many of the first are done for good.
func (p *processor) deliver(ctx context.Context, memory *extraction.Extraction,
	records []trigger.Record) (finished int) {
	defer func() {
		if v := recover(); v != nil {
			slog.Error("the function failed", "panic", v)
			finished = 0
		}
	}()
	work, keep, release := reserves.Deadlines(ctx)
	defer release()
	b := memory.Begin()
	added := 0
	for ; added < len(records) && work.Err() == nil; added++ {
		b.Add(added, &records[added], p.tables)
	}
	finished, fault := b.Finish(work, keep, records[:added])
	if finished < len(records) {
		slog.Error("the records were not all sent in time", "error", fault, "sent", finished, "of", len(records))
	}
	return finished
}

// keep keeps records that are not done, as rejects.
func (p *processor) keep(ctx context.Context, records []trigger.Record) {
	if len(records) == 0 {
		return
	}
	keep, cancel := trigger.Before(ctx, unsentReserve)
	defer cancel()
	b := p.memory.Begin()
	for i := range records {
		b.RejectWhole(i, &records[i], twin.KindFramed, records[i].Data, twin.Unsent,
			"its changes could not be sent in the time that a delivery stream waits")
	}
	if finished, err := b.Finish(keep, keep, records); err != nil {
		slog.Error(fmt.Sprintf("%d records are lost to the twin; they are delivered all the same", len(records)-finished),
			"error", err)
	}
}
