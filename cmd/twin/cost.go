package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/assembly"
	"github.com/railtwin/digitaltwin/internal/cost"
)

// costs is what the arguments of one "twin cost" ask for.
type costs struct{ environment, workload, folder string }

func newCost(c console) *cobra.Command {
	k := &costs{}
	cmd := &cobra.Command{
		Use:   "cost",
		Short: "says what a month of an environment on AWS costs",
		Long: `Reads the templates that "npx cdk synth" wrote and says what a month of an environment costs, item by item
with its arithmetic: idle, under the workload, and what each setting would change. It is a forecast and
no offer; prices and assumptions are those of docs/costs.md. Nothing is asked of AWS.`,
		Example: `
  npx cdk synth --quiet
  twin cost --env prod --workload docs/workload.json`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unexpected argument %q: --env names an environment", args[0])
			}
			return k.print(c.out)
		},
	}
	cmd.Flags().StringVar(&k.environment, "env", "", "an `ENVIRONMENT` of cdk.json (default all that were synthesized)")
	cmd.Flags().StringVar(&k.workload, "workload", "",
		"a JSON `FILE` with the load, as docs/workload.json (default an idle month)")
	cmd.Flags().StringVar(&k.folder, "assembly", "cdk.out", "the `FOLDER` that the synth wrote")
	complete(cmd, "env")
	return cmd
}

func (k *costs) print(out io.Writer) error {
	app, err := assembly.Read(k.folder)
	if err != nil {
		return err
	}
	var w cost.Workload
	if k.workload != "" {
		text, err := os.ReadFile(k.workload)
		if err != nil {
			return err
		}
		if w, err = cost.ReadWorkload(text); err != nil {
			return fmt.Errorf("%s: %w", k.workload, err)
		}
	}
	names := []string{k.environment}
	if k.environment == "" {
		names = slices.Compact(slices.Sorted(app.Environments()))
	}
	for i, name := range names {
		plan, err := cost.ReadPlan(app, name)
		if err != nil {
			return err
		}
		report, err := cost.Report(plan, w, cost.Known(), cost.Assumed())
		if err != nil {
			return err
		}
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprint(out, report)
	}
	return nil
}
