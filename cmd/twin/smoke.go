package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/extractors/canary"
	"github.com/railtwin/digitaltwin/internal/client"
	"github.com/railtwin/digitaltwin/internal/login"
	"github.com/railtwin/digitaltwin/internal/smoke"
)

// smoking is what the arguments of one "twin smoke" ask for.
type smoking struct {
	url, byDefault, credentials, put, probe, wrongScope string
	wait                                                time.Duration
}

func newSmoke(c console) *cobra.Command {
	s := &smoking{byDefault: localTwin}
	cmd := &cobra.Command{
		Use:   "smoke",
		Short: "sees whether a twin works: token, refusals, and a record that becomes a reading",
		Long: `Makes the checks of a deployment, in half a minute at most, and prints one line of JSON. The status is 0
if all of them pass, 1 if one fails.

  health           the twin answers
  token            the client of --credentials gets one
  without a token  nobody reads: 401
  wrong scope      a token for --wrong-scope is not given, or may not read
  openapi          the API describes itself
  canary           a record with a new nonce is put into the dataset ` + canary.Dataset + `, and its reading is served
  datasets         the newest event time of each dataset, in the line

A twin on this machine has the canary with 'twin up --canary', and the record is posted to it; it needs credentials
only with --auth. On AWS, where "canary": {} is in the settings, --put is a command that gets the record on its standard input.`,
		Example: `
  twin smoke
  twin smoke --credentials client.json --put 'aws kinesis put-record --stream-arn ARN --partition-key canary
    --data fileb:///dev/stdin'`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.run(cmd.Context(), c)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&s.url, "url", "", "`URL` of the twin, with or without /v1. Default: that of the credentials, else "+
		localTwin)
	flags.StringVar(&s.credentials, "credentials", "",
		"`FILE` with the JSON of a machine's client, with mode 0600. Default: no token is sent")
	flags.StringVar(&s.put, "put", "", "shell `COMMAND` that puts its standard input into the stream of the canary. "+
		"Default: the record "+
		"is posted to a twin on this machine; to another none is put")
	flags.StringVar(&s.probe, "probe", "smoke", "`NAME` of the component canary:NAME; those who run at the same time "+
		"need names of their own")
	flags.StringVar(&s.wrongScope, "wrong-scope", "twin/none", "a `SCOPE` that the client may not have")
	flags.DurationVar(&s.wait, "wait", 30*time.Second,
		"how long a record may take until its reading is served, as `DURATION`")
	complete(cmd, "url")
	return cmd
}

func (s *smoking) run(ctx context.Context, c console) error {
	config := smoke.Config{URL: s.url, Probe: s.probe, WrongScope: s.wrongScope, Wait: s.wait}
	if s.credentials != "" {
		credentials, err := login.ReadCredentials(s.credentials)
		if err != nil {
			return err
		}
		if credentials.TokenURL == "" {
			return fmt.Errorf("%s has no tokenUrl: it must be the JSON of the client's secret", s.credentials)
		}
		config.Credentials = credentials
		if config.URL == "" {
			config.URL = credentials.URL
		}
	}
	if config.URL == "" {
		config.URL = s.byDefault
	}
	base, err := client.ParseBase(config.URL)
	if err != nil {
		return usagef("--url: %v", err)
	}
	if config.Credentials != nil && !client.Private(base) {
		return usagef("--url: %s is not private: credentials are sent with https only, or to this machine", base)
	}
	config.URL = base.String()
	switch {
	case s.put != "":
		config.Put = s.command
	case config.Credentials == nil || base.Scheme == "http": // which is this machine
		config.Put = func(ctx context.Context, record []byte) error { return postRecord(ctx, base, record) }
	}
	result := smoke.Run(ctx, config)
	fmt.Fprintln(c.out, result)
	if !result.OK {
		return fmt.Errorf("the twin at %s does not work:\n%w", config.URL, result.Failed())
	}
	return nil
}

// command puts a record by the command of the flag.
func (s *smoking) command(ctx context.Context, record []byte) error {
	cmd := exec.CommandContext(ctx, "sh", "-c", s.put)
	cmd.Stdin = bytes.NewReader(record)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out[:min(len(out), 500)])))
	}
	return nil
}

// postRecord posts a record to a twin on this machine.
func postRecord(ctx context.Context, base *url.URL, record []byte) error {
	where := base.JoinPath("/dev/records", canary.Dataset).String()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, where, bytes.NewReader(record))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return client.Unreachable("twin", base.String(), err)
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusNotFound:
		return errors.New("it has no dataset " + canary.Dataset + ": start it with 'twin up --canary', or say how to " +
			"put a record with --put")
	}
	return fmt.Errorf("POST %s answers %s", where, response.Status)
}
