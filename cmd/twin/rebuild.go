package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/operate"
)

func newRebuild(c console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rebuild DATASET --from TIME [--to TIME]",
		Short: "reads the source of a dataset again",
		Long: `Reads the records again that the source of a dataset received from a time on, runs them through the deployed
extractor and delivers the changes once more. Newest wins, so that it may be repeated. What the source does not keep
any more cannot be read.

Where readings are stored that another SQL of the same twin.revision delivered, it refuses: they would not give way.
Raise twin.revision in the SQL and deploy it first. ` + dryRun,
		Example: `
  twin rebuild wagon_telemetry --from 6h
  twin rebuild wagon_telemetry --from 2026-11-29T03:00:00Z --to 2026-11-29T04:00:00Z --rate 1000 --yes`,
	}
	o := addOperation(cmd)
	from, to := addTime(cmd, "from", "what arrived at `TIME` or later: RFC 3339, a day, or how long ago"),
		addTime(cmd, "to", "and before `TIME`. Default: now")
	rate := addRate(cmd)
	cmd.ValidArgsFunction = oneDataset(o.twin)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		dataset, err := one(args, "a dataset, see 'twin datasets'")
		if err != nil {
			return err
		}
		if from.at == nil {
			return usagef("--from says from when on the source is to be read")
		}
		return o.carryOut(cmd.Context(), c, operate.Request{Kind: operate.Rebuild, Dataset: dataset, From: from.at, To: to.at,
			Rate: *rate})
	}
	return cmd
}

// addRate gives a command the flag for the rate of its run.
func addRate(cmd *cobra.Command) *int {
	rate := cmd.Flags().Int("rate", operate.DefaultRate,
		fmt.Sprintf("at most `N` records a second, up to %d", operate.MaxRate))
	complete(cmd, "rate")
	return rate
}
