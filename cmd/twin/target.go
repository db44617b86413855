package main

import (
	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/client"
)

// target is which twin a command calls, as its flags say.
type target struct {
	url string
}

// addTarget gives a command, and those below it, the flags that say which twin they call.
func addTarget(cmd *cobra.Command) *target {
	t := &target{}
	cmd.PersistentFlags().StringVar(&t.url, "url", "http://"+defaultListen, "`URL` of the twin, with or without /v1")
	complete(cmd, "url")
	return t
}

// open returns a client of the twin.
func (t *target) open() (*client.Client, error) {
	c, err := client.New(t.url, client.Options{})
	if err != nil {
		return nil, usagef("--url: %v", err)
	}
	return c, nil
}
