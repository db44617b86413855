package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/client"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

// get is what the arguments of one "twin get" ask for.
type get struct {
	component, metric string
	json              bool
	twin              *target
}

func newGet(c console) *cobra.Command {
	g := &get{}
	cmd := &cobra.Command{
		Use:   "get COMPONENT [METRIC]",
		Short: "reads a component, or one metric of it, from a running twin",
		Long: `Shows the newest readings of a component, or of one metric of it, from a twin that runs here
(twin up) or elsewhere. The exit status is 1 where there is no such component or metric.`,
		Example: `
  twin get vehicle:18:640
  twin get vehicle:18:640 speed --json`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := g.names(args); err != nil {
				return err
			}
			twin, err := g.twin.open()
			if err != nil {
				return err
			}
			return g.read(cmd.Context(), c, twin)
		},
	}
	cmd.Flags().BoolVar(&g.json, "json", false, "print the body of the answer as it is")
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

func (g *get) read(ctx context.Context, c console, twin *client.Client) error {
	body, err := twin.Get(ctx, client.TwinPath(g.component, g.metric))
	if answer, ok := errors.AsType[*client.Problem](err); ok && answer.NoSuch() {
		return fmt.Errorf("%s%s", answer.Text(), suggest(ctx, twin, g.component, g.metric))
	}
	if err != nil {
		return err
	}
	if g.json {
		_, err := fmt.Fprintf(c.out, "%s\n", body)
		return err
	}
	readings, err := parseReadings(body, g.metric != "")
	if err != nil {
		return err
	}
	return showReadings(c.out, readings, time.Now())
}

// parseReadings reads the body of a component, or of one metric.
func parseReadings(body []byte, one bool) ([]client.Reading, error) {
	var many struct{ Readings []client.Reading }
	var err error
	if one {
		many.Readings = make([]client.Reading, 1)
		err = json.Unmarshal(body, &many.Readings[0])
	} else {
		err = json.Unmarshal(body, &many)
	}
	if err != nil {
		return nil, fmt.Errorf("this is not the answer of a twin: %w", err)
	}
	return many.Readings, nil
}

// showReadings writes readings of one component as a table.
func showReadings(w io.Writer, readings []client.Reading, now time.Time) error {
	if len(readings) == 0 {
		_, err := fmt.Fprintln(w, "no readings")
		return err
	}
	table := tabular.New(w, 0, tabular.Column{Heading: "METRIC"}, tabular.Column{Heading: "VALUE", Right: true},
		tabular.Column{Heading: "UNIT"}, tabular.Column{Heading: "AGE", Right: true}, tabular.Column{Heading: ""},
		tabular.Column{Heading: "EVENT TIME"}, tabular.Column{Heading: "DATASET"})
	for _, r := range readings {
		stale := ""
		if r.Stale(now) {
			stale = "stale"
		}
		if err := table.Row(r.Metric, string(r.Value), r.Unit, age(now.Sub(r.EventTime)), stale,
			r.EventTime.Format("2006-01-02T15:04:05.000Z07:00"), r.Dataset); err != nil {
			return err
		}
	}
	return table.Flush()
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
