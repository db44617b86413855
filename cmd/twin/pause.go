package main

import (
	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/operate"
)

func newPause(c console) *cobra.Command {
	return newPauseOrResume(c, operate.Pause, "takes no more records of a dataset",
		`Stops the extractor of a dataset, without a deployment. Its source keeps the records as long as it does: a Kinesis
stream for 24 hours, where nothing else is set. Resume the dataset before. Its readings are served as before, and
the catalogue says since when it is paused. A deployment does not resume it. `+dryRun)
}

func newResume(c console) *cobra.Command {
	return newPauseOrResume(c, operate.Resume, "takes records of a paused dataset again",
		`Starts the extractor of a dataset again, where it stopped. `+dryRun)
}

func newPauseOrResume(c console, kind operate.Kind, short, long string) *cobra.Command {
	cmd := &cobra.Command{Use: string(kind) + " DATASET", Short: short, Long: long,
		Example: "\n  twin " + string(kind) + " wagon_telemetry"}
	o := addOperation(cmd)
	cmd.ValidArgsFunction = oneDataset(o.twin)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		dataset, err := one(args, "a dataset, see 'twin datasets'")
		if err != nil {
			return err
		}
		return o.carryOut(cmd.Context(), c, operate.Request{Kind: kind, Dataset: dataset})
	}
	return cmd
}

// oneDataset completes the one argument that is a dataset.
func oneDataset(t *target) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return t.datasets(cmd, args, begun), cobra.ShellCompDirectiveNoFileComp
	}
}
