package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// mappings is the part of the client of AWS Lambda that pauses.
type mappings interface {
	ListEventSourceMappings(context.Context, *lambda.ListEventSourceMappingsInput,
		...func(*lambda.Options)) (*lambda.ListEventSourceMappingsOutput, error)
	UpdateEventSourceMapping(context.Context, *lambda.UpdateEventSourceMappingInput,
		...func(*lambda.Options)) (*lambda.UpdateEventSourceMappingOutput, error)
}

// pauser disables and enables the triggers of a dataset, which keep their positions.
type pauser struct {
	lambda    mappings
	pipelines *pipelines
	catalogue interface {
		SetPaused(ctx context.Context, dataset string, since twin.Millis) error
	}
	now func() time.Time
}

// SetPaused implements [operate.Pauser]. The catalogue says that a dataset is paused as soon as one of its triggers may
// be, and that it is not once all of them are on their way.
func (p *pauser) SetPaused(ctx context.Context, dataset string, paused bool) error {
	w, err := p.pipelines.of(ctx, dataset)
	if err != nil {
		return err
	}
	if paused {
		if err := p.catalogue.SetPaused(ctx, dataset, twin.MillisOf(p.now())); err != nil {
			return err
		}
	}
	found := 0
	for _, function := range w.Functions {
		n, err := p.set(ctx, function, !paused)
		if err != nil {
			return err
		}
		found += n
	}
	if found == 0 || !paused {
		if err := p.catalogue.SetPaused(ctx, dataset, 0); err != nil {
			return err
		}
	}
	if found == 0 {
		return fmt.Errorf("%w: %s has no trigger that could be paused: a delivery stream calls its processor itself, and an "+
			"application of Apache Flink is stopped by hand (docs/people.md)", operate.ErrRefused, dataset)
	}
	return nil
}

// set enables or disables all triggers of a function, and returns how many there are. Some are of an alias of it.
func (p *pauser) set(ctx context.Context, function string, enabled bool) (n int, err error) {
	in := &lambda.ListEventSourceMappingsInput{}
	for {
		out, err := p.lambda.ListEventSourceMappings(ctx, in)
		if err != nil {
			return n, fmt.Errorf("operate: listing triggers: %w", err)
		}
		for _, m := range out.EventSourceMappings {
			if unqualified(aws.ToString(m.FunctionArn)) != function {
				continue
			}
			n++
			_, err := p.lambda.UpdateEventSourceMapping(ctx,
				&lambda.UpdateEventSourceMappingInput{UUID: m.UUID, Enabled: &enabled})
			if err != nil {
				return n, fmt.Errorf("operate: the trigger %s: %w", aws.ToString(m.UUID), err)
			}
		}
		if in.Marker = out.NextMarker; in.Marker == nil {
			return n, nil
		}
	}
}
