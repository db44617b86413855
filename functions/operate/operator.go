package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/railtwin/digitaltwin/functions/internal/gateway"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// operator is the function: it answers calls of the API and works on runs.
type operator struct {
	api  *gateway.Handler
	step func(ctx context.Context, id string, deadline time.Time) (more bool, err error)
	starter
	progress *progress
	watcher  *watcher
}

// Invoke answers a call of API Gateway, goes on with a run, or writes metrics for the schedule. API Gateway names the
// members of its events itself, so that no caller of the API can make one of the other kinds.
func (o *operator) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var e struct {
		wiring.Step
		wiring.Watch
		Method string `json:"httpMethod"`
	}
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, fmt.Errorf("operate: the event: %w", err)
	}
	switch {
	case e.Method == "" && e.Run != "":
		return nil, o.work(ctx, e.Step)
	case e.Method == "" && e.Watch.Watch:
		return nil, o.watcher.watch(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return o.api.Invoke(ctx, payload)
}

// callTime is how long a call of the API may take: API Gateway waits for 29 seconds.
const callTime = 28 * time.Second

// maxCalls is how often a run may call the function before a person has to start it again by looking at it: some five
// days of work. It bounds what a fault could cost.
const maxCalls = 500

// answerReserve is the time before the deadline of the invocation that is left for calling the function again.
const answerReserve = 10 * time.Second

// work goes on with a run, and calls the function again where there is more to do. After an error AWS Lambda repeats
// the event twice.
func (o *operator) work(ctx context.Context, s wiring.Step) error {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(time.Minute)
	}
	o.progress.begin(s.Run)
	more, err := o.step(ctx, s.Run, deadline.Add(-answerReserve))
	o.progress.end(ctx)
	if err != nil {
		return fmt.Errorf("operate: the run %s: %w", s.Run, err)
	}
	if !more {
		return nil
	}
	if s.Calls+1 >= maxCalls {
		slog.Error("the run has called the function too often and stops; it goes on when somebody looks at it",
			"run", s.Run, "calls", s.Calls+1)
		return nil
	}
	return o.call(ctx, wiring.Step{Run: s.Run, Calls: s.Calls + 1})
}

// invoker is the part of the client of AWS Lambda that calls a function.
type invoker interface {
	Invoke(context.Context, *lambda.InvokeInput, ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

// starter calls the function itself, without waiting for it.
type starter struct {
	lambda   invoker
	function string
}

// start begins to work on a run.
func (s *starter) start(ctx context.Context, id string) error {
	return s.call(ctx, wiring.Step{Run: id})
}

func (s *starter) call(ctx context.Context, step wiring.Step) error {
	event, err := json.Marshal(step)
	if err != nil {
		return err
	}
	_, err = s.lambda.Invoke(ctx, &lambda.InvokeInput{
		FunctionName: &s.function, InvocationType: types.InvocationTypeEvent, Payload: event,
	})
	if err != nil {
		return fmt.Errorf("operate: calling the function for the run %s: %w", step.Run, err)
	}
	return nil
}

// auditLog writes lines into the log of the function. They hold no payload.
type auditLog struct{ log *slog.Logger }

// Record implements [operate.AuditLog].
func (a auditLog) Record(ctx context.Context, line operate.Audit) error {
	a.log.InfoContext(ctx, "audit", "audit", line)
	return nil
}
