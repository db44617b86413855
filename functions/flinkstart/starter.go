package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	flink "github.com/aws/aws-sdk-go-v2/service/kinesisanalyticsv2"
	"github.com/aws/aws-sdk-go-v2/service/kinesisanalyticsv2/types"

	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// api is the part of the client that is used.
type api interface {
	DescribeApplication(context.Context, *flink.DescribeApplicationInput,
		...func(*flink.Options)) (*flink.DescribeApplicationOutput, error)
	ListApplicationSnapshots(context.Context, *flink.ListApplicationSnapshotsInput,
		...func(*flink.Options)) (*flink.ListApplicationSnapshotsOutput, error)
	StartApplication(context.Context, *flink.StartApplicationInput,
		...func(*flink.Options)) (*flink.StartApplicationOutput, error)
	StopApplication(context.Context, *flink.StopApplicationInput, ...func(*flink.Options)) (*flink.StopApplicationOutput,
		error)
}

// starter starts and stops one application.
type starter struct {
	client api
	name   string
	pause  time.Duration // between two looks at the application
}

// answerReserve is the time before the deadline of the invocation that is left for the answer.
const answerReserve = 20 * time.Second

// handle does what CloudFormation asks for, and answers when it is done: a deployment is over when the
// application runs, or stands still where it is paused.
func (s *starter) handle(ctx context.Context, e cfn.Event) (id string, data map[string]interface{}, err error) {
	ctx, cancel := trigger.Before(ctx, answerReserve)
	defer cancel()
	id = "flink/" + s.name
	switch e.RequestType {
	case cfn.RequestCreate, cfn.RequestUpdate:
		if e.ResourceProperties[wiring.RunningProperty] == wiring.Running {
			err = s.run(ctx)
		} else {
			err = s.stop(ctx, false)
		}
	case cfn.RequestDelete:
		id = e.PhysicalResourceID
		err = s.stop(ctx, true)
	default:
		err = fmt.Errorf("the request type %q", e.RequestType)
	}
	if err != nil {
		return id, nil, fmt.Errorf("flinkstart: %s: %w", s.name, err)
	}
	slog.Info("the application is as it should be", "request", e.RequestType, "application", s.name)
	return id, nil, nil
}

// run waits until the application runs, and starts it once if it stands still.
func (s *starter) run(ctx context.Context) error {
	started, starting := false, false
	return s.watch(ctx, func(status types.ApplicationStatus) (done bool, err error) {
		switch status {
		case types.ApplicationStatusRunning:
			return true, nil
		case types.ApplicationStatusStarting:
			starting = true
		case types.ApplicationStatusReady:
			if started && starting {
				return false, errors.New("it was started and stands still again; its log group says why")
			}
			if !started {
				started, err = s.start(ctx)
			}
		case types.ApplicationStatusRolledBack:
			return false, errors.New("the service has rolled it back to what it was before; its log group says why")
		case types.ApplicationStatusDeleting, gone:
			return false, errors.New("it is gone")
		}
		return false, err
	})
}

// stop waits until the application stands still, and stops it once if it runs: with a snapshot, from which it
// goes on later, or by force, where it is going to be deleted with its snapshots.
func (s *starter) stop(ctx context.Context, force bool) error {
	stopped := false
	return s.watch(ctx, func(status types.ApplicationStatus) (done bool, err error) {
		switch status {
		case types.ApplicationStatusReady, types.ApplicationStatusDeleting, gone:
			return true, nil
		case types.ApplicationStatusRunning, types.ApplicationStatusRolledBack:
			if !stopped {
				stopped, err = s.halt(ctx, force)
			}
		case types.ApplicationStatusStarting, types.ApplicationStatusUpdating, types.ApplicationStatusAutoscaling:
			if force && !stopped { // else it runs soon, and then can take a snapshot
				stopped, err = s.halt(ctx, true)
			}
		}
		return false, err
	})
}

// gone is the status of an application that there is not.
const gone types.ApplicationStatus = "GONE"

// watch looks at the application until look is done with its status.
func (s *starter) watch(ctx context.Context, look func(types.ApplicationStatus) (done bool, err error)) error {
	status := types.ApplicationStatus("unknown")
	for {
		out, err := s.client.DescribeApplication(ctx, &flink.DescribeApplicationInput{ApplicationName: &s.name})
		var missing *types.ResourceNotFoundException
		switch {
		case errors.As(err, &missing):
			status = gone
		case err != nil && ctx.Err() == nil:
			return err
		case err == nil:
			status = out.ApplicationDetail.ApplicationStatus
		}
		if err == nil || status == gone {
			if done, err := look(status); done || err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the time is up and it is %s: its log group may say why", status)
		case <-time.After(s.pause):
		}
	}
}

// start starts the application from its latest snapshot, if it has one. State that the changed SQL has no use
// for is left out: the position in the source stays. It reports whether the service took it; a service that is
// busy with the application is asked again.
func (s *starter) start(ctx context.Context) (started bool, err error) {
	restore := types.ApplicationRestoreTypeSkipRestoreFromSnapshot
	snapshots, err := s.client.ListApplicationSnapshots(ctx,
		&flink.ListApplicationSnapshotsInput{ApplicationName: &s.name})
	if err != nil {
		return false, err
	}
	for _, one := range snapshots.SnapshotSummaries {
		if one.SnapshotStatus == types.SnapshotStatusReady {
			restore = types.ApplicationRestoreTypeRestoreFromLatestSnapshot
		}
	}
	_, err = s.client.StartApplication(ctx, &flink.StartApplicationInput{
		ApplicationName: &s.name,
		RunConfiguration: &types.RunConfiguration{
			ApplicationRestoreConfiguration: &types.ApplicationRestoreConfiguration{ApplicationRestoreType: restore},
			FlinkRunConfiguration:           &types.FlinkRunConfiguration{AllowNonRestoredState: aws.Bool(true)},
		},
	})
	slog.Info("starting", "application", s.name, "restore", restore, "error", err)
	return unlessBusy(err)
}

func (s *starter) halt(ctx context.Context, force bool) (stopped bool, err error) {
	_, err = s.client.StopApplication(ctx, &flink.StopApplicationInput{ApplicationName: &s.name, Force: aws.Bool(force)})
	slog.Info("stopping", "application", s.name, "force", force, "error", err)
	return unlessBusy(err)
}

// unlessBusy tells an error from a service that does something else with the application at the moment.
func unlessBusy(err error) (done bool, _ error) {
	var inUse *types.ResourceInUseException
	var concurrent *types.ConcurrentModificationException
	if errors.As(err, &inUse) || errors.As(err, &concurrent) {
		return false, nil
	}
	return err == nil, err
}
