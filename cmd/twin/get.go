package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/client"
)

// get is what the arguments of one "twin get" ask for.
type get struct {
	component, metric string
	format            *format
	json              bool // the same as the format JSON
	twin              *target
}

func newGet(c console) *cobra.Command {
	g := &get{}
	cmd := &cobra.Command{
		Use:   "get COMPONENT [METRIC]",
		Short: "reads a component, or one metric of it, from a running twin",
		Long: `Shows the newest readings of a component, or of one metric of it, from a twin that runs here
(twin up) or elsewhere. JSON is the body of the answer as it is. The exit status is 1 where there is no such
component or metric.`,
		Example: `
  twin get vehicle:18:640
  twin get vehicle:18:640 speed --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := g.names(args); err != nil {
				return err
			}
			api, err := g.twin.open()
			if err != nil {
				return err
			}
			return g.read(cmd.Context(), c, api)
		},
	}
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		switch len(args) {
		case 0:
			return g.twin.components(cmd, args, begun), cobra.ShellCompDirectiveNoFileComp
		case 1:
			return g.twin.metricsOf(cmd, args[0]), cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	g.format = addFormat(cmd)
	cmd.Flags().BoolVar(&g.json, "json", false, "the same as --output json")
	g.twin = addTarget(cmd)
	return cmd
}

// names takes the other arguments.
func (g *get) names(names []string) error {
	switch {
	case len(names) == 0:
		return usagef("name a component, such as vehicle:18:640")
	case len(names) > 2:
		return usagef("unexpected argument %q: name a component and at most one metric. Quote names with blanks",
			strings.Join(names[2:], " "))
	case len(names) == 2:
		g.metric = names[1]
	}
	g.component = names[0]
	if g.component == "" || len(names) == 2 && g.metric == "" {
		return usagef("a name must not be empty")
	}
	return nil
}

func (g *get) read(ctx context.Context, c console, api *client.Client) error {
	body, err := api.Twin(ctx, g.component, g.metric)
	if answer, ok := errors.AsType[*client.Problem](err); ok && answer.NoSuch() {
		return fmt.Errorf("%s%s", answer.Text(), suggest(ctx, api, g.component, g.metric))
	}
	if err != nil {
		return err
	}
	if *g.format == asJSON || g.json {
		_, err := fmt.Fprintf(c.out, "%s\n", body)
		return err
	}
	entries, err := entriesOf(body, g.metric != "")
	if err != nil {
		return err
	}
	out, now := newList(c.out, *g.format, readingColumns(false)...), time.Now()
	for _, entry := range entries {
		cells, err := readingRow(entry, now)
		if err == nil {
			err = out.add(entry, cells...)
		}
		if err != nil {
			return err
		}
	}
	return out.end("no readings")
}

// entriesOf returns the readings in the body of a component, or of one metric.
func entriesOf(body []byte, one bool) ([]json.RawMessage, error) {
	if one {
		return []json.RawMessage{body}, nil
	}
	var many struct{ Readings []json.RawMessage }
	if err := json.Unmarshal(body, &many); err != nil {
		return nil, fmt.Errorf("this is not the answer of a twin: %w", err)
	}
	return many.Readings, nil
}

// age writes a duration in one unit, as exactly as one cares: 420 ms, 12 s, 5 min, 3 h, 8 d.
func age(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + age(-d)
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d d", int(d.Hours()/24))
}
