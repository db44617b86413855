package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	flink "github.com/aws/aws-sdk-go-v2/service/kinesisanalyticsv2"
	"github.com/aws/aws-sdk-go-v2/service/kinesisanalyticsv2/types"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// service is the service of one application: its status, and what it becomes after so many looks at it.
type service struct {
	status   types.ApplicationStatus
	then     []types.ApplicationStatus // one after each look
	start    []types.ApplicationStatus // what follows a start
	stop     []types.ApplicationStatus // what follows a stop
	snapshot bool
	fault    error // of start and stop, once
	denied   error // of looking
	calls    []string
}

func (s *service) DescribeApplication(context.Context, *flink.DescribeApplicationInput,
	...func(*flink.Options)) (*flink.DescribeApplicationOutput, error) {
	if s.denied != nil {
		return nil, s.denied
	}
	status := s.status
	if len(s.then) > 0 {
		s.status, s.then = s.then[0], s.then[1:]
	}
	if status == gone {
		return nil, &types.ResourceNotFoundException{}
	}
	return &flink.DescribeApplicationOutput{ApplicationDetail: &types.ApplicationDetail{ApplicationStatus: status}}, nil
}

func (s *service) ListApplicationSnapshots(context.Context, *flink.ListApplicationSnapshotsInput,
	...func(*flink.Options)) (*flink.ListApplicationSnapshotsOutput, error) {
	out := &flink.ListApplicationSnapshotsOutput{
		SnapshotSummaries: []types.SnapshotDetails{{SnapshotStatus: types.SnapshotStatusFailed}},
	}
	if s.snapshot {
		out.SnapshotSummaries = append(out.SnapshotSummaries,
			types.SnapshotDetails{SnapshotStatus: types.SnapshotStatusReady})
	}
	return out, nil
}

func (s *service) StartApplication(_ context.Context, in *flink.StartApplicationInput,
	_ ...func(*flink.Options)) (*flink.StartApplicationOutput, error) {
	if fault := s.fault; fault != nil {
		s.fault = nil
		return nil, fault
	}
	call := "start " + string(in.RunConfiguration.ApplicationRestoreConfiguration.ApplicationRestoreType)
	if !*in.RunConfiguration.FlinkRunConfiguration.AllowNonRestoredState {
		call += " with all of its state"
	}
	s.calls = append(s.calls, call)
	s.status, s.then = s.start[0], s.start[1:]
	return &flink.StartApplicationOutput{}, nil
}

func (s *service) StopApplication(_ context.Context, in *flink.StopApplicationInput,
	_ ...func(*flink.Options)) (*flink.StopApplicationOutput, error) {
	if fault := s.fault; fault != nil {
		s.fault = nil
		return nil, fault
	}
	call := "stop"
	if *in.Force {
		call = "stop by force"
	}
	s.calls = append(s.calls, call)
	s.status, s.then = s.stop[0], s.stop[1:]
	return &flink.StopApplicationOutput{}, nil
}

const (
	ready     = types.ApplicationStatusReady
	starting  = types.ApplicationStatusStarting
	running   = types.ApplicationStatusRunning
	updating  = types.ApplicationStatusUpdating
	stopping  = types.ApplicationStatusStopping
	deleting  = types.ApplicationStatusDeleting
	forced    = types.ApplicationStatusForceStopping
	rolledBck = types.ApplicationStatusRolledBack
)

type statuses = []types.ApplicationStatus

// Ensure that a deployment ends with the application running, or standing still where it is paused or goes, and
// that it says why where it does not.
func TestLifeOfAnApplication(t *testing.T) {
	up, down, kill := statuses{starting, starting, running}, statuses{stopping, ready}, statuses{forced, ready}
	busy := &types.ResourceInUseException{}
	for _, c := range []struct {
		name    string
		kind    cfn.RequestType
		running string
		service service
		calls   []string
		err     string
	}{
		{"created", cfn.RequestCreate, "true", service{status: ready, start: up},
			[]string{"start SKIP_RESTORE_FROM_SNAPSHOT"}, ""},
		{"created paused", cfn.RequestCreate, "false", service{status: ready}, nil, ""},
		{"updated in place", cfn.RequestUpdate, "true", service{status: updating, then: statuses{updating, running}}, nil,
			""},
		{"updated while it stood still", cfn.RequestUpdate, "true", service{status: ready, start: up, snapshot: true},
			[]string{"start RESTORE_FROM_LATEST_SNAPSHOT"}, ""},
		{"paused", cfn.RequestUpdate, "false", service{status: running, stop: down}, []string{"stop"}, ""},
		{"paused while it starts", cfn.RequestUpdate, "false", service{status: starting, then: statuses{running}, stop: down},
			[]string{"stop"}, ""},
		{"resumed", cfn.RequestUpdate, "true", service{status: ready, start: up, snapshot: true},
			[]string{"start RESTORE_FROM_LATEST_SNAPSHOT"}, ""},
		{"busy at first", cfn.RequestCreate, "true", service{status: ready, start: up, fault: busy},
			[]string{"start SKIP_RESTORE_FROM_SNAPSHOT"}, ""},
		{"busy when it is stopped", cfn.RequestDelete, "true",
			service{status: running, stop: kill, fault: &types.ConcurrentModificationException{}}, []string{"stop by force"},
			""},
		{"deleted", cfn.RequestDelete, "true", service{status: running, stop: kill}, []string{"stop by force"}, ""},
		{"deleted while it starts", cfn.RequestDelete, "true", service{status: starting, stop: kill},
			[]string{"stop by force"}, ""},
		{"deleted while it stands still", cfn.RequestDelete, "true", service{status: ready}, nil, ""},
		{"deleted after it went", cfn.RequestDelete, "true", service{status: gone}, nil, ""},
		{"deleted while it goes", cfn.RequestDelete, "true", service{status: deleting}, nil, ""},
		{"deleted after a rollback", cfn.RequestDelete, "true", service{status: rolledBck, stop: kill},
			[]string{"stop by force"}, ""},
		{"a job that does not start", cfn.RequestCreate, "true", service{status: ready, start: statuses{starting, ready}},
			[]string{"start SKIP_RESTORE_FROM_SNAPSHOT"}, "stands still again"},
		{"an update that is rolled back", cfn.RequestUpdate, "true", service{status: updating, then: statuses{rolledBck}},
			nil, "rolled it back"},
		{"an update of nothing", cfn.RequestUpdate, "true", service{status: gone}, nil, "it is gone"},
		{"a start that is denied", cfn.RequestCreate, "true", service{status: ready, fault: errors.New("AccessDenied")}, nil,
			"wagons: AccessDenied"},
		{"a look that is denied", cfn.RequestCreate, "true", service{denied: errors.New("AccessDenied")}, nil,
			"wagons: AccessDenied"},
		{"a start without an end", cfn.RequestCreate, "true", service{status: ready, start: statuses{starting}},
			[]string{"start SKIP_RESTORE_FROM_SNAPSHOT"}, "the time is up and it is STARTING"},
		{"another request", "Move", "true", service{status: ready}, nil, `the request type "Move"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
				defer cancel()
				s := &starter{client: &c.service, name: "wagons", pause: 5 * time.Second}
				id, _, err := s.handle(ctx, cfn.Event{RequestType: c.kind, PhysicalResourceID: "flink/wagons",
					ResourceProperties: map[string]any{wiring.RunningProperty: c.running}})
				if ctx.Err() != nil {
					t.Error("the answer came too late")
				}
				if id != "flink/wagons" || !slices.Equal(c.service.calls, c.calls) {
					t.Errorf("%s: calls %q, want %q", id, c.service.calls, c.calls)
				}
				if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
					t.Errorf("error %v, want %q", err, c.err)
				}
			})
		})
	}
}
