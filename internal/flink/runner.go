package flink

import (
	"context"

	extractflink "github.com/railtwin/digitaltwin/functions/extract-flink"
	"github.com/railtwin/digitaltwin/internal/jvm"
)

// Runner is the built runner.
type Runner struct{ classPath string }

// Project is the Maven project of the runner, with local streams in place of Kinesis.
var Project = jvm.Project{Name: "extract-flink", Sources: extractflink.Sources, Profile: "local"}

// Build builds the runner, unless that is done. The error is a [jvm.ErrUnavailable] where it cannot
// be built on this machine.
func Build(ctx context.Context) (Runner, error) {
	classPath, err := Project.Build(ctx)
	return Runner{classPath}, err
}

// Start starts a job in a JVM of its own, which ends with it. The job ends with its streams, with ctx or by
// [Run.Savepoint].
func (r Runner) Start(ctx context.Context, job Job) (*Run, error) {
	j, err := r.Launch()
	if err != nil {
		return nil, err
	}
	run, err := j.start(ctx, job, func() { j.Close() })
	if err != nil {
		j.Close()
	}
	return run, err
}
