package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/client"
)

// watching is what the arguments of one "twin watch" ask for.
type watching struct {
	chosen
	component string
	every     time.Duration
	patient   bool // every was chosen
	format    *format
	twin      *target
}

const (
	usualEvery = 5 * time.Second
	leastEvery = time.Second
)

func newWatch(c console) *cobra.Command {
	w := &watching{}
	cmd := &cobra.Command{
		Use:   "watch [COMPONENT]",
		Short: "shows readings of a running twin, and again when they change",
		Long: `Shows the newest readings of a component, or of many components as 'twin list readings' does, and from then on
each that has changed, until Ctrl-C. Where the twin has a change feed, every change is shown as it happens. Otherwise the
twin is asked again and again; a page that has not changed is not sent again, and a change that is followed by another
one before the next question is not seen. JSON is a reading a line. While the twin does not answer, it is tried again.`,
		Example: `
  twin watch wagon:31-80-2742-785-1
  twin watch --metrics position,speed --prefix wagon:31- --every 2s --output json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := w.arguments(args); err != nil {
				return err
			}
			api, err := w.twin.open()
			if err != nil {
				return err
			}
			w.patient = cmd.Flags().Changed("every")
			return w.run(cmd.Context(), c, api)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	w.chosen.flags(flags, "only these")
	flags.DurationVar(&w.every, "every", usualEvery,
		"ask again after a `TIME` such as 2s or 1m; by the change feed at once")
	w.format = addFormat(cmd)
	w.twin = addTarget(cmd)
	w.chosen.complete(cmd, w.twin)
	complete(cmd, "every", "1s", "5s", "1m")
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return w.twin.components(cmd, args, begun), cobra.ShellCompDirectiveNoFileComp
	}
	return cmd
}

func (w *watching) arguments(args []string) error {
	switch {
	case len(args) > 1:
		return usagef("unexpected argument %q: name one component, and metrics by --metrics", args[1])
	case len(args) == 1 && (w.dataset != "" || w.prefix != ""):
		return usagef("a component is watched whole or by --metrics: leave --dataset and --prefix out")
	case len(args) == 1 && args[0] == "":
		return usagef("a name must not be empty")
	case w.every < leastEvery:
		return usagef("--every must be %s or longer", leastEvery)
	}
	if len(args) == 1 {
		w.component = args[0]
	}
	return nil
}

// run shows readings until ctx ends.
func (w *watching) run(ctx context.Context, c console, api *client.Client) error {
	r := w.newWatcher(c, api)
	for n := 0; ; n++ {
		err := r.round(ctx)
		switch problem, ok := errors.AsType[*client.Problem](err); {
		case ctx.Err() != nil:
			return nil
		case ok && problem.NoSuch() && n == 0:
			return fmt.Errorf("%s%s", problem.Text(), w.suggest(ctx, api))
		case err != nil && (n == 0 || ok && problem.Status < 500 && problem.Status != http.StatusTooManyRequests):
			return err
		case err != nil:
			fmt.Fprintf(c.err, "%s: trying again: %v\n", time.Now().Format(time.TimeOnly), err)
		}
		pause := w.every
		if r.cursor != "" && !w.patient {
			pause = leastEvery
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

func (w *watching) suggest(ctx context.Context, api *client.Client) string {
	if w.component == "" {
		return suggestDataset(ctx, api, w.dataset)
	}
	return suggest(ctx, api, w.component, "")
}
