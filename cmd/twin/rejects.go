package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/client"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/tabular"
	twinpkg "github.com/railtwin/digitaltwin/internal/twin"
)

func newRejects(c console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rejects COMMAND",
		Short: "looks at records that could not be used, and replays them",
		Long: `Records that could not be used, changes that the store refused, and batches that AWS Lambda gave up, are kept as
rejects for 30 days. Mend the extractor or the source, deploy, test, and replay them: they keep their own time of
arrival, so that nothing newer is lost to them.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return usagef("choose ls, show, test, replay or drop")
		},
	}
	cmd.AddCommand(newRejectsList(c), newRejectsShow(c), newRejectsTest(c), newRejectsReplay(c), newRejectsDrop(c))
	return cmd
}

// selection is which rejects a command is for.
type selection struct {
	since, until   *timeFlag
	reason, column string
}

// addSelection gives a command the flags for it.
func addSelection(cmd *cobra.Command) *selection {
	s := &selection{
		since: addTime(cmd, "since", "what arrived at `TIME` or later: RFC 3339, a day, or how long ago"),
		until: addTime(cmd, "until", "and before `TIME`. Default: now"),
	}
	var reasons []string
	for _, r := range twinpkg.Reasons {
		reasons = append(reasons, string(r))
	}
	cmd.Flags().StringVar(&s.reason, "reason", "", "rejects with this `REASON` only, as ls shows it")
	cmd.Flags().StringVar(&s.column, "column", "", "rejects with this `COLUMN` only, as ls shows it")
	complete(cmd, "reason", reasons...)
	complete(cmd, "column")
	return s
}

// request is a request for a run over the selection.
func (s *selection) request(kind operate.Kind, dataset string) operate.Request {
	return operate.Request{Kind: kind, Dataset: dataset, From: s.since.at, To: s.until.at,
		Reason: twinpkg.Reason(s.reason), Column: s.column}
}

func newRejectsList(c console) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "ls [DATASET]",
		Short: "lists rejects in groups, with an example of each",
		Long: `Lists rejects of a dataset, or of all that you may operate, by dataset, reason and column: how many, since when, until
when, and the id of one of them for 'twin rejects show'. AGAIN counts those that a replay has rejected again. No record
is shown.`,
		Example: `
  twin rejects ls --since 24h
  twin rejects ls wagon_telemetry --reason unreadable`,
	}
	s := addSelection(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "also those that were replayed")
	form, t := addFormat(cmd), addTarget(cmd)
	cmd.ValidArgsFunction = oneDataset(t)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usagef("unexpected argument %q: name one dataset", args[1])
		}
		api, err := t.open()
		if err != nil {
			return err
		}
		query := url.Values{}
		for name, value := range map[string]string{"dataset": strings.Join(args, ""), "from": s.since.String(),
			"to": s.until.String(), "reason": s.reason, "column": s.column} {
			if value != "" {
				query.Set(name, value)
			}
		}
		if all {
			query.Set("all", "true")
		}
		groups, err := rejectGroups(cmd.Context(), api, query)
		if err != nil {
			return err
		}
		return listGroups(c, *form, groups)
	}
	return cmd
}

// rejectGroups returns the groups of all pages, added up.
func rejectGroups(ctx context.Context, api *client.Client, query url.Values) ([]operate.Group, error) {
	type key struct {
		dataset string
		reason  twinpkg.Reason
		column  string
	}
	var groups []operate.Group
	at := map[key]int{}
	for {
		var page operate.Listing
		if err := api.Call(ctx, http.MethodGet, operate.Path+"/rejects?"+query.Encode(), nil, &page); err != nil {
			return nil, err
		}
		for _, g := range page.Groups {
			k := key{g.Dataset, g.Reason, g.Column}
			i, ok := at[k]
			if !ok {
				at[k] = len(groups)
				groups = append(groups, g)
				continue
			}
			sum := &groups[i]
			sum.Count += g.Count
			sum.Again += g.Again
			sum.First, sum.Last = min(cmp.Or(sum.First, g.First), cmp.Or(g.First, sum.First)), max(sum.Last, g.Last)
		}
		if page.Cursor == "" {
			break
		}
		query.Set("cursor", page.Cursor)
	}
	slices.SortStableFunc(groups, func(a, b operate.Group) int {
		return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(b.Count, a.Count))
	})
	return groups, nil
}

func listGroups(c console, form format, groups []operate.Group) error {
	out := newList(c.out, form, column{tabular.Column{Heading: "DATASET"}, "dataset", true},
		column{tabular.Column{Heading: "REASON"}, "reason", false},
		column{tabular.Column{Heading: "COLUMN"}, "column", true},
		column{tabular.Column{Heading: "NUMBER", Right: true}, "count", false},
		column{tabular.Column{Heading: "AGAIN", Right: true}, "again", false},
		column{tabular.Column{Heading: "FIRST"}, "first", false},
		column{tabular.Column{Heading: "LAST"}, "last", false}, column{tabular.Column{Heading: "EXAMPLE"}, "example", true})
	unknown := func(m twinpkg.Millis) string {
		if m == 0 {
			return ""
		}
		return m.String()
	}
	for _, g := range groups {
		if err := out.add(g, g.Dataset, string(g.Reason), g.Column, fmt.Sprint(g.Count), fmt.Sprint(g.Again),
			unknown(g.First), unknown(g.Last), g.Example); err != nil {
			return err
		}
	}
	return out.end("no rejects")
}

func newRejectsTest(c console) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "test DATASET [--sql FILE]",
		Short: "says what the deployed extractor, or another one, makes of rejects now",
		Long: `Runs rejects through the extractor that is deployed, or through the one in a file, and counts how many pass, how many
are still rejects, and why: also how many have expired meanwhile, or lie in the future. Nothing is sent.`,
		Example: `
  twin rejects test wagon_telemetry --since 24h
  twin rejects test wagon_telemetry --sql extractors/wagon_telemetry.sql`,
	}
	s := addSelection(cmd)
	cmd.Flags().StringVar(&file, "sql", "", "the extractor in `FILE`, instead of the deployed one")
	t := addTarget(cmd)
	cmd.ValidArgsFunction = oneDataset(t)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		dataset, err := one(args, "a dataset, see 'twin datasets'")
		if err != nil {
			return err
		}
		r := s.request(operate.Replay, dataset)
		if file != "" {
			sql, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if _, err := extract.Compile(file, sql); err != nil { // here it is shown with its places
				return err
			}
			r.SQL = string(sql)
		}
		api, err := t.open()
		if err != nil {
			return err
		}
		_, err = follow(cmd.Context(), c, api, r, true)
		return err
	}
	return cmd
}

func newRejectsReplay(c console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay DATASET",
		Short: "delivers rejects again, through the deployed extractor",
		Long: `Runs rejects through the extractor that is deployed and puts their changes onto the twin stream, with their own time
of arrival, so that newest wins as if they had passed at once. Changes that the store refused go as they are. Rejects
that were replayed are marked and no longer listed; what is rejected again is a new reject. ` + dryRun,
		Example: `
  twin rejects replay wagon_telemetry --since 24h --reason unreadable
  twin rejects replay wagon_telemetry --rate 1000 --yes`,
	}
	s := addSelection(cmd)
	o, rate := addOperation(cmd), addRate(cmd)
	limit := cmd.Flags().Int64("limit", 0, "about `N` rejects, whole files of them; 0 for all")
	complete(cmd, "limit")
	cmd.ValidArgsFunction = oneDataset(o.twin)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		dataset, err := one(args, "a dataset, see 'twin datasets'")
		if err != nil {
			return err
		}
		r := s.request(operate.Replay, dataset)
		r.Rate, r.Limit = *rate, *limit
		return o.carryOut(cmd.Context(), c, r)
	}
	return cmd
}

func newRejectsDrop(c console) *cobra.Command {
	var reason, column string
	cmd := &cobra.Command{
		Use:   "drop DATASET --before TIME",
		Short: "removes rejects that are of no use, for good",
		Long: `Removes rejects that arrived before a time, for good. Look at them first. Rejects that were replayed stay until they
expire. ` + dryRun,
		Example: `
  twin rejects drop wagon_telemetry --before 168h --reason expired
  twin rejects drop wagon_telemetry --before 2026-11-29T03:00:00Z --yes`,
	}
	before := addTime(cmd, "before", "what arrived before `TIME`: RFC 3339, a day, or how long ago")
	cmd.Flags().StringVar(&reason, "reason", "", "rejects with this `REASON` only, as ls shows it")
	cmd.Flags().StringVar(&column, "column", "", "rejects with this `COLUMN` only, as ls shows it")
	complete(cmd, "reason")
	complete(cmd, "column")
	o := addOperation(cmd)
	cmd.ValidArgsFunction = oneDataset(o.twin)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		dataset, err := one(args, "a dataset, see 'twin datasets'")
		if err != nil {
			return err
		}
		if before.at == nil {
			return usagef("--before says which rejects are old enough")
		}
		return o.carryOut(cmd.Context(), c, operate.Request{Kind: operate.Drop, Dataset: dataset, To: before.at,
			Reason: twinpkg.Reason(reason), Column: column})
	}
	return cmd
}
