package main

import (
	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/operate"
)

func newForget(c console) *cobra.Command {
	var prefix string
	cmd := &cobra.Command{
		Use:   "forget COMPONENT | --prefix PREFIX",
		Short: "forgets a component, or all whose names begin alike",
		Long: `Forgets the readings of a component, or of all components whose names begin with a prefix, in all datasets. What
was measured until a few minutes after now does not come back, whatever is sent or replayed; what is measured later
is taken. A component that was renamed at its source is forgotten under its old name.

It needs a grant to operate every dataset, because a forget reaches all of them. ` + dryRun,
		Example: `
  twin forget wagon:31-85-1
  twin forget --prefix test: --yes`,
	}
	o := addOperation(cmd)
	cmd.Flags().StringVar(&prefix, "prefix", "", "forget all components whose names begin with `PREFIX`")
	completeWith(cmd, "prefix", o.twin.components)
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		return o.twin.components(cmd, args, begun), cobra.ShellCompDirectiveNoFileComp
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r := operate.Request{Kind: operate.Forget, Prefix: prefix}
		switch {
		case prefix != "" && len(args) > 0:
			return usagef("name a component, or --prefix, not both")
		case prefix == "":
			var err error
			if r.Component, err = one(args, "a component, such as wagon:31-85-1, or --prefix"); err != nil {
				return err
			}
		}
		return o.carryOut(cmd.Context(), c, r)
	}
	return cmd
}
