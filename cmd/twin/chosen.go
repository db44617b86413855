package main

import (
	"net/url"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// chosen is which components and readings a command is about: those of a dataset, of components whose names begin
// alike, and of some metrics. What is empty selects all.
type chosen struct {
	dataset, prefix string
	metrics         []string
}

// flags adds the flags of s. metrics says what --metrics means to the command.
func (s *chosen) flags(flags *pflag.FlagSet, metrics string) {
	flags.StringVar(&s.dataset, "dataset", "", "only what `DATASET` delivers, or several with commas between them")
	flags.StringVar(&s.prefix, "prefix", "", "only components whose names begin with `PREFIX`")
	flags.StringSliceVar(&s.metrics, "metrics", nil, metrics+" `METRICS`, with commas between them")
}

// complete completes the flags of s by what a twin has.
func (s *chosen) complete(cmd *cobra.Command, twin *target) {
	completeWith(cmd, "dataset", twin.datasets)
	completeWith(cmd, "prefix", twin.components)
	completeWith(cmd, "metrics", twin.metrics)
}

// parameters adds the parameters of the API that select the same.
func (s *chosen) parameters(query url.Values) {
	for name, value := range map[string]string{
		"dataset": s.dataset, "prefix": s.prefix, "metrics": strings.Join(s.metrics, ","),
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
}
