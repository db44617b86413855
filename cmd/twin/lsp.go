package main

import (
	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/lsp"
)

func newLSP(c console) *cobra.Command {
	return &cobra.Command{
		Use:   "lsp",
		Short: "serves the Language Server Protocol for extractors, over standard input and output",
		Long: `Serves an editor: diagnostics as twin check shows them, the types of names and what functions do,
completion of columns, functions, settings and units, definitions, and the format of twin fmt. The README
says how VS Code and Neovim start it. The exit status is 1 where the editor goes away without a shutdown.`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unexpected argument %q", args[0])
			}
			return lsp.Serve(c.in, c.out, version())
		},
	}
}
