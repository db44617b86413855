package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/client"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

func newRuns(c console) *cobra.Command {
	var cancel bool
	cmd := &cobra.Command{
		Use:   "runs [RUN]",
		Short: "lists what operators have done, or shows or cancels one run",
		Long: `Lists the newest runs of operators that you may see, or shows one, also while it is under way. With --cancel a run
ends at its next checkpoint; what it has done stays.`,
		Example: `
  twin runs
  twin runs 20261129t031500.123-k3v9q2m7xw4n8r5t --cancel`,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&cancel, "cancel", false, "end the run")
	form, t := addFormat(cmd), addTarget(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usagef("unexpected argument %q: name one run", args[1])
		}
		if cancel && len(args) == 0 {
			return usagef("name the run that is to end")
		}
		api, err := t.open()
		if err != nil {
			return err
		}
		if len(args) == 0 {
			return listRuns(cmd.Context(), c, api, *form)
		}
		method := http.MethodGet
		if cancel {
			method = http.MethodDelete
		}
		return showRunOf(cmd.Context(), c, api, *form, method, args[0])
	}
	return cmd
}

func listRuns(ctx context.Context, c console, api *client.Client, form format) error {
	var page struct{ Runs []operate.Run }
	if err := api.Call(ctx, http.MethodGet, operate.Path, nil, &page); err != nil {
		return err
	}
	out := newList(c.out, form, column{tabular.Column{Heading: "RUN"}, "id", false},
		column{tabular.Column{Heading: "KIND"}, "kind", false},
		column{tabular.Column{Heading: "FOR"}, "for", true}, column{tabular.Column{Heading: "STATE"}, "state", false},
		column{tabular.Column{Heading: "AGE", Right: true}, "", false}, column{tabular.Column{}, "created", false},
		column{tabular.Column{Heading: "BY"}, "by", true}, column{tabular.Column{Heading: "SO FAR"}, "counted", false})
	for i := range page.Runs {
		r := &page.Runs[i]
		if err := out.add(r, r.ID, kindOf(r), targetOf(r), string(r.State), age(time.Since(r.Created.Time())),
			r.Created.String(), r.By, counted(r)); err != nil {
			return err
		}
	}
	return out.end("no runs")
}

// kindOf says what a run does, and whether it is a dry one.
func kindOf(r *operate.Run) string {
	if r.Dry() {
		return string(r.Kind) + ", dry"
	}
	return string(r.Kind)
}

// targetOf says what a run is for.
func targetOf(r *operate.Run) string {
	switch {
	case r.Prefix != "":
		return r.Prefix + "*"
	case r.Component != "":
		return r.Component
	}
	return r.Dataset
}

func showRunOf(ctx context.Context, c console, api *client.Client, form format, method, id string) error {
	r := &operate.Run{}
	if err := api.Call(ctx, method, operate.Path+"/"+url.PathEscape(id), nil, r); err != nil {
		return err
	}
	if form == asJSON {
		return json.NewEncoder(c.out).Encode(r)
	}
	t := tabular.New(c.out, 0, tabular.Column{Heading: "RUN"}, tabular.Column{Heading: r.ID})
	rows := [][2]string{{"kind", kindOf(r)}, {"for", targetOf(r)}, {"state", string(r.State)}, {"by", r.By},
		{"created", r.Created.String()}, {"updated", r.Updated.String()}}
	if r.Extractor != "" {
		rows = append(rows, [2]string{"extractor", r.Extractor})
	}
	if r.NotBefore > 0 {
		rows = append(rows, [2]string{"waits until", r.NotBefore.String()})
	}
	for _, row := range outcome(r) {
		rows = append(rows, [2]string{row.what, fmt.Sprint(row.n)})
	}
	for _, row := range rows {
		if err := t.Row(row[0], row[1]); err != nil {
			return err
		}
	}
	if err := t.Flush(); err != nil || r.Error == "" {
		return err
	}
	_, err := fmt.Fprintln(c.out, printableLines(r.Error))
	return err
}
