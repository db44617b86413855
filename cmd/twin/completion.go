package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/client"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

// completionTime is how long whoever presses TAB waits at most for names of a twin.
const completionTime = 800 * time.Millisecond

// maxCompleted is how many components are offered.
const maxCompleted = 50

// offer asks the twin for names, and offers none where it does not answer in time. Nothing is said then: what is
// written would be on the command line.
func (t *target) offer(cmd *cobra.Command, names func(context.Context, *client.Client) ([]string, error)) []string {
	api, err := t.open()
	if err != nil {
		return nil
	}
	ctx := cmd.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, completionTime)
	defer cancel()
	all, err := names(ctx, api)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(all, func(name string) bool {
		name, _, _ = strings.Cut(name, "\t") // a description comes after it
		return name != tabular.Printable(name)
	})
}

// datasets offers datasets.
func (t *target) datasets(cmd *cobra.Command, _ []string, _ string) []string {
	return t.offer(cmd, func(ctx context.Context, api *client.Client) (names []string, err error) {
		all, _, err := catalogue(ctx, api)
		for _, d := range all {
			names = append(names, cobra.CompletionWithDesc(d.Dataset, oneLine(d.Description)))
		}
		return names, err
	})
}

// components offers components that go on as they were begun.
func (t *target) components(cmd *cobra.Command, _ []string, begun string) []string {
	return t.offer(cmd, func(ctx context.Context, api *client.Client) ([]string, error) {
		return components(ctx, api, begun, maxCompleted)
	})
}

// metrics offers metrics of all datasets, the last one of a list with commas.
func (t *target) metrics(cmd *cobra.Command, _ []string, begun string) []string {
	before := begun[:strings.LastIndexByte(begun, ',')+1]
	return t.offer(cmd, func(ctx context.Context, api *client.Client) ([]string, error) {
		names, err := metricNames(ctx, api)
		for i, name := range names {
			names[i] = before + name
		}
		return names, err
	})
}

// metricsOf offers the metrics of a component.
func (t *target) metricsOf(cmd *cobra.Command, component string) []string {
	return t.offer(cmd, func(ctx context.Context, api *client.Client) (names []string, err error) {
		readings, err := readingsOf(ctx, api, component)
		for _, r := range readings {
			names = append(names, r.Metric)
		}
		return names, err
	})
}

// oneLine cuts a text before what would break a list of completions.
func oneLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.ReplaceAll(line, "\t", " ")
}
