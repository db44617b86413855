package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
)

// handler answers an event of CloudFormation, or of an operator.
type handler = func(ctx context.Context, event json.RawMessage) (any, error)

// table is the part of a store that comes into another form.
type table interface {
	BeginUpgrade(ctx context.Context, tidy bool) (dynamo.Upgrade, error)
	Upgrade(ctx context.Context, u *dynamo.Upgrade) error
	Downgrade(ctx context.Context) error
}

type upgrader struct{ table table }

// answerReserve is the time before the deadline of the invocation that is left for the answer.
const answerReserve = 20 * time.Second

// invoke answers an operator with how far the upgrade has come. Given back as the event, that goes on from there. Any
// other event, such as {} or {"Tidy":true}, begins anew.
func (u *upgrader) invoke(ctx context.Context, event json.RawMessage) (any, error) {
	var request struct{ RequestType cfn.RequestType }
	if err := json.Unmarshal(event, &request); err != nil {
		return nil, fmt.Errorf("upgrade: the event: %w", err)
	}
	if request.RequestType == "" {
		var state dynamo.Upgrade
		if err := json.Unmarshal(event, &state); err != nil {
			return nil, fmt.Errorf("upgrade: the event: %w", err)
		}
		return u.run(ctx, state)
	}
	var e cfn.Event
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, fmt.Errorf("upgrade: the event of CloudFormation: %w", err)
	}
	return cfn.LambdaWrap(u.handle)(ctx, e)
}

// physicalID identifies the resource: there is one in a stack.
const physicalID = "table-form"

// handle does what CloudFormation asks for. A deployment does not fail because an upgrade takes longer than a function
// may: everything is served meanwhile. The end of the resource is the return of the version before, which may write
// again.
func (u *upgrader) handle(ctx context.Context, e cfn.Event) (id string, data map[string]interface{}, err error) {
	switch e.RequestType {
	case cfn.RequestCreate, cfn.RequestUpdate:
		_, err = u.run(ctx, dynamo.Upgrade{})
		return physicalID, nil, err
	case cfn.RequestDelete:
		err := u.table.Downgrade(ctx)
		var gone *types.ResourceNotFoundException
		if errors.As(err, &gone) {
			err = nil
		}
		return e.PhysicalResourceID, nil, err
	}
	return physicalID, nil, fmt.Errorf("upgrade: the request type %q", e.RequestType)
}

// run goes on until the upgrade is done or the time of the function is nearly over.
func (u *upgrader) run(ctx context.Context, state dynamo.Upgrade) (dynamo.Upgrade, error) {
	ctx, cancel := trigger.Before(ctx, answerReserve)
	defer cancel()
	var err error
	if state.NotBefore.IsZero() {
		state, err = u.table.BeginUpgrade(ctx, state.Tidy)
	}
	if err == nil && wait(ctx, time.Until(state.NotBefore)) {
		err = u.table.Upgrade(ctx, &state)
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = nil
	}
	if err != nil {
		return state, fmt.Errorf("upgrade: after %d items: %w", state.Items, err)
	}
	slog.Info("the table comes into the form of this version", "done", state.Done, "items", state.Items, "left",
		state.Left, "tidy", state.Tidy)
	return state, nil
}

// wait reports whether the context lasted for so long.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(max(d, 0))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
