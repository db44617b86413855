package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/deliver"
)

// delivering is what the arguments of one "twin deliver" ask for.
type delivering struct {
	deliver.Delivery
	cdk, state string
	arguments  []string
	smoking
}

// steps are the steps of a delivery, in their order, and whether one is of an environment.
var steps = []struct {
	name string
	of   bool
}{{"check", false}, {"synth", false}, {"gate", true}, {"deploy", true}, {"smoke", true}, {"back", true}}

func newDeliver(c console) *cobra.Command {
	d := &delivering{}
	cmd := &cobra.Command{
		Use:   "deliver STEP [ENVIRONMENT]",
		Short: "takes one step of the delivery of a commit to AWS",
		Long: `Takes one step of the way of a commit into an environment. Pipelines call it, and so can you. The status is
0 if the step succeeded.

  check        runs the tests
  synth        synthesizes all environments, once: what was tested is what is deployed
  gate   ENV   stops what would lose data, leave something behind or be refused, with a list
  deploy ENV   deploys; CloudFormation rolls it back when an alarm of the core goes off meanwhile
  smoke  ENV   'twin smoke', and notes that what is deployed is good
  back   ENV   deploys the last good assembly

What is meant although the gate stops it is written, line by line as the gate prints it, into --accepted and committed
with the change. What is deployed and what was good is kept in the folder --state, which a pipeline keeps from run to run.`,
		Example: `
  twin deliver synth
  twin deliver gate prod && twin deliver deploy prod
  twin deliver smoke prod --credentials client.json || twin deliver back prod`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) (words []string, _ cobra.ShellCompDirective) {
			if len(args) == 0 {
				for _, s := range steps {
					words = append(words, s.name)
				}
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error { return d.step(cmd.Context(), c, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&d.Assembly, "assembly", "cdk.out", "the `FOLDER` of the synthesized app")
	flags.StringVar(&d.state, "state", ".twin/deliver", "the `FOLDER` that remembers what is deployed and what was good")
	flags.StringVar(&d.Accepted, "accepted", "deliver-accepted.txt", "the `FILE` with what the gate lets pass")
	flags.StringVar(&d.cdk, "cdk", "npx cdk", "the `COMMAND` of the CDK")
	flags.StringArrayVar(&d.arguments, "synth-arg", nil, "an `ARGUMENT` more for cdk synth; can be repeated")
	flags.IntVar(&d.Monitored, "minutes", 5, "how many `MINUTES` CloudFormation looks at alarms after a deployment, up "+
		"to 180; 0 for not at all")
	flags.StringVar(&d.credentials, "credentials", "", "smoke: as of twin smoke, `FILE` of a machine's client")
	flags.StringVar(&d.put, "put", "",
		"smoke: as of twin smoke, `COMMAND` that puts a record into the stream of the canary")
	flags.DurationVar(&d.wait, "wait", 30*time.Second, "smoke: as of twin smoke, `DURATION` until a reading is served")
	return cmd
}

func (d *delivering) step(ctx context.Context, c console, args []string) error {
	if len(args) == 0 {
		return usagef("which step? check, synth, gate, deploy, smoke or back")
	}
	known, of := false, false
	for _, s := range steps {
		if s.name == args[0] {
			known, of = true, s.of
		}
	}
	switch {
	case !known:
		return usagef("unknown step %q: want check, synth, gate, deploy, smoke or back", args[0])
	case of && len(args) != 2:
		return usagef("%s is of one environment: twin deliver %s ENVIRONMENT", args[0], args[0])
	case !of && len(args) != 1:
		return usagef("%s is of all environments: unexpected argument %q", args[0], args[1])
	case d.Monitored < 0 || d.Monitored > 180:
		return usagef("--minutes must be from 0 to 180")
	}
	d.Dir, d.State, d.CDK, d.Out = ".", deliver.State(d.state), strings.Fields(d.cdk), c.err
	if len(d.CDK) == 0 {
		return usagef("--cdk is empty")
	}
	switch args[0] {
	case "check":
		return d.Check(ctx)
	case "synth":
		return d.Synth(ctx, d.arguments...)
	case "gate":
		return d.Gate(ctx, args[1])
	case "deploy":
		return d.Deploy(ctx, args[1])
	case "back":
		return d.Back(ctx, args[1])
	}
	return d.smoke(ctx, c, args[1])
}

// smoke checks the twin that the credentials name, or else the environment's outputs, and notes that it is good.
func (d *delivering) smoke(ctx context.Context, c console, environment string) error {
	if d.byDefault = d.State.Output(environment, "ApiUrl"); d.byDefault == "" {
		return fmt.Errorf("no deployment to %s is known in %s: deploy it first", environment, d.state)
	}
	if d.credentials == "" {
		return errors.New("smoke needs --credentials: the JSON of a client's secret, whose name is the output " +
			"MachineCredentials")
	}
	d.probe, d.wrongScope = "smoke", "twin/none"
	if err := d.smoking.run(ctx, c); err != nil {
		return err
	}
	return d.Smoked(environment)
}
