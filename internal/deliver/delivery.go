package deliver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/railtwin/digitaltwin/internal/assembly"
)

// Delivery delivers the app of a folder.
type Delivery struct {
	Dir      string   // of the app, with cdk.json
	Assembly string   // the folder that the synth writes, from Dir on if it is relative
	State    State    // what is deployed
	CDK      []string // the command line of the CDK: npx cdk
	Accepted string   // a file with findings of the gate that are meant; it need not exist
	// Monitored is how many minutes CloudFormation looks at the alarms of the core after a deployment, at most 180.
	Monitored int
	Out       io.Writer
	// Command runs a command in Dir, which writes what it says to out. Default: it does.
	Command func(ctx context.Context, out io.Writer, name string, args ...string) error
}

// Check runs the test command of the README.
func (d *Delivery) Check(ctx context.Context) error {
	return d.run(ctx, d.Out, "go", "run", "./test/all")
}

// Synth synthesizes all environments, with arguments for the command line of the CDK.
func (d *Delivery) Synth(ctx context.Context, args ...string) error {
	return d.cdk(ctx, d.Out, append([]string{"synth", "--quiet", "--output", d.Assembly}, args...)...)
}

// rollbackOutput is the output of the core's stack with the alarms by which a deployment is rolled back.
const rollbackOutput = "RollbackAlarms"

// Deploy deploys the stacks of an environment from the assembly.
func (d *Delivery) Deploy(ctx context.Context, environment string) error {
	return d.deploy(ctx, environment, d.path(d.Assembly))
}

func (d *Delivery) deploy(ctx context.Context, environment, folder string) error {
	app, err := appOf(folder, environment)
	if err != nil {
		return err
	}
	outputs := d.State.file(environment, "outputs.json")
	args := []string{"deploy", "--app", folder, "--require-approval", "never", "--concurrency", "4", "--outputs-file",
		outputs}
	if alarms := d.State.Output(environment, rollbackOutput); alarms != "" && d.Monitored > 0 {
		args = append(args, "--monitoring-time-minutes", fmt.Sprint(d.Monitored))
		for arn := range strings.SplitSeq(alarms, ",") {
			args = append(args, "--rollback-trigger-alarm-arns", arn)
		}
	}
	if err := os.MkdirAll(filepath.Dir(outputs), 0o755); err != nil {
		return err
	}
	if err := d.cdk(ctx, d.Out, append(args, namesOf(app)...)...); err != nil {
		return fmt.Errorf("the deployment of %s failed, and CloudFormation has rolled back what it changed: "+
			"%w", environment, err)
	}
	return d.State.keep(environment, deployed, folder)
}

// Smoked notes that what is deployed is good: the one to go back to.
func (d *Delivery) Smoked(environment string) error { return d.State.good(environment) }

// Back deploys the last good assembly: that before the one that is deployed.
func (d *Delivery) Back(ctx context.Context, environment string) error {
	folder, err := d.State.before(environment)
	if err != nil {
		return err
	}
	found, err := d.compare(environment, folder)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return fmt.Errorf("going back would do this:\n  %s\nif it is meant, write these lines into "+
			"%s", strings.Join(found, "\n  "), d.Accepted)
	}
	return d.deploy(ctx, environment, folder)
}

func (d *Delivery) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(d.Dir, name)
}

// cdk runs the command line of the CDK, which writes to out.
func (d *Delivery) cdk(ctx context.Context, out io.Writer, args ...string) error {
	return d.run(ctx, out, d.CDK[0], append(d.CDK[1:len(d.CDK):len(d.CDK)], args...)...)
}

func (d *Delivery) run(ctx context.Context, out io.Writer, name string, args ...string) error {
	if d.Command != nil {
		return d.Command(ctx, out, name, args...)
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = d.Dir, out, out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, args[0], err)
	}
	return nil
}

// appOf reads the stacks of an environment out of an assembly.
func appOf(folder, environment string) (*assembly.App, error) {
	app, err := assembly.Read(folder)
	if err != nil {
		return nil, err
	}
	only := &assembly.App{Dir: app.Dir}
	var others []string
	for _, s := range app.Stacks {
		if s.Environment == environment {
			only.Stacks = append(only.Stacks, s)
		} else {
			others = append(others, s.Environment)
		}
	}
	if len(only.Stacks) == 0 {
		return nil, fmt.Errorf("%s has no stacks of the environment %q: it has "+
			"%s", folder, environment, strings.Join(unique(others), ", "))
	}
	return only, nil
}

func namesOf(app *assembly.App) (names []string) {
	for _, s := range app.Stacks {
		names = append(names, s.Name)
	}
	return names
}

// errNothingGood is the error of going back where there is nothing to go back to.
var errNothingGood = errors.New("no good assembly is kept: deploy a commit that works, and smoke it")
