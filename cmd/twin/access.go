package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/access"
)

func newAccess(c console) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "access COMMAND",
		Short: "says who may read what, and by which grant",
		Long: `Explains a file of grants, such as the access.json of an environment: which callers may read a reading, and what
a caller may read and operate, each with the line of the grant that gives it. A file with mistakes is explained
with file:line:column. docs/access.md says what a grant means.`,
		DisableFlagsInUseLine: true,
		Args:                  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			fmt.Fprint(c.err, help(cmd))
			return usageError{}
		},
	}
	cmd.AddCommand(newAccessWho(c, &file), newAccessWhat(c, &file))
	for _, sub := range cmd.Commands() {
		sub.Flags().StringVar(&file, "file", "access.json", "`FILE` with the grants")
	}
	return cmd
}

func newAccessWho(c console, file *string) *cobra.Command {
	var dataset string
	var form *format
	cmd := &cobra.Command{
		Use:   "who COMPONENT METRIC",
		Short: "says who may read a metric of a component",
		Long: `Shows who may read a metric of a component, from which datasets and by which grant. A caller may be several of
these at once. The exit status is 1 where nobody may.`,
		Example: `
  twin access who wagon:31-85-7961-204-1 speed
  twin access who vehicle:18:640 speed --dataset hsl_hfp --file access.prod.json`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 || args[0] == "" || args[1] == "" {
				return usagef("name a component and a metric, such as wagon:31-85-7961-204-1 speed")
			}
			rules, err := readRules(*file, access.Known{}, c.err)
			if err != nil {
				return err
			}
			out := newList(c.out, *form, textColumns("WHO", "OF DATASETS", "GRANT", "NOTE")...)
			return showWho(out, rules, *file, dataset, args[0], args[1])
		},
	}
	cmd.Flags().StringVar(&dataset, "dataset", "", "only readings of `DATASET`")
	form = addFormat(cmd)
	return cmd
}

func showWho(out *list, rules *access.Rules, file, dataset, component, metric string) error {
	for _, g := range rules.Grants {
		r := g.Read
		if r == nil || !r.Components.Has(component) || !r.Metrics.Has(metric) || dataset != "" && !r.Datasets.Has(dataset) {
			continue
		}
		for _, p := range g.Who {
			if err := out.addTexts(p.String(), r.Datasets.String(), place(file, &g), g.Note); err != nil {
				return err
			}
		}
	}
	if out.n == 0 {
		return fmt.Errorf("nobody may read %s of %s", metric, component)
	}
	return out.end("")
}

// place is where a grant is.
func place(file string, g *access.Grant) string { return fmt.Sprintf("%s:%d", file, g.Line) }

func newAccessWhat(c console, file *string) *cobra.Command {
	var form *format
	cmd := &cobra.Command{
		Use:   "what WHO...",
		Short: "says what a caller may read and operate",
		Long: `Shows what a caller may read and operate, and by which grant. WHO is client:NAME, group:NAME, subject:ID or *; name
several for a caller who is all of these, such as a person in two groups. Grants to * are everybody's. The exit
status is 1 where that is nothing.`,
		Example: `
  twin access what client:machine
  twin access what subject:ann@example.com group:operators --file access.prod.json`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("name a caller, such as client:machine or group:operators")
			}
			var who []access.Principal
			for _, arg := range args {
				p, err := principal(arg)
				if err != nil {
					return usageError{err.Error()}
				}
				who = append(who, p)
			}
			rules, err := readRules(*file, access.Known{}, c.err)
			if err != nil {
				return err
			}
			out := newList(c.out, *form, textColumns("MAY", "DATASETS", "COMPONENTS", "METRICS", "AS", "GRANT", "NOTE")...)
			return showWhat(out, rules, *file, callerOf(who), strings.Join(args, " "))
		},
	}
	form = addFormat(cmd)
	return cmd
}

func showWhat(out *list, rules *access.Rules, file string, caller access.Caller, name string) error {
	row := func(g *access.Grant, cells ...string) error {
		var as []string
		for _, p := range g.Who {
			if p.Is(&caller) {
				as = append(as, p.String())
			}
		}
		return out.addTexts(append(cells, strings.Join(as, " "), place(file, g), g.Note)...)
	}
	for i := range rules.Grants {
		g := &rules.Grants[i]
		if !g.Is(&caller) {
			continue
		}
		if r := g.Read; r != nil {
			if err := row(g, "read", r.Datasets.String(), r.Components.String(), r.Metrics.String()); err != nil {
				return err
			}
		}
		if g.Operate != nil {
			if err := row(g, "operate", g.Operate.String(), "", ""); err != nil {
				return err
			}
		}
	}
	if out.n == 0 {
		return fmt.Errorf("%s may read nothing and operate nothing", name)
	}
	return out.end("")
}
