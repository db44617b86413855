package main

import (
	"fmt"
	"io"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

// greet says where the twin is and what can be done with it.
func (u *up) greet(w io.Writer, address net.Addr, t *local.Twin, foreign []local.Foreign, auth *local.Auth) {
	fmt.Fprintf(w, "twin at http://%s, state in %s; Ctrl-C ends it\n\n", address, filepath.Join(u.data, stateFile))
	header := ""
	if auth != nil {
		greetCallers(w, auth)
		header = `-H "Authorization: Bearer $TOKEN" `
	}
	fmt.Fprintf(w, "  curl %s'http://%s/v1/components?limit=5'\n", header, address)
	fmt.Fprintf(w, "  curl %s'http://%s/v1/readings?metrics=position&limit=3'\n\n", header, address)
	rows := make(map[string]string)
	for _, s := range t.Status() {
		if rows[s.Dataset] = s.Feed; s.Feed == "" {
			rows[s.Dataset] = "nothing yet: POST /dev/records/" + s.Dataset
		}
	}
	if !u.flink {
		for _, f := range foreign {
			rows[f.Dataset.Name] = "not served, because it needs Flink: run with --flink"
		}
	}
	feeds := tabular.New(w, 0, tabular.Column{Heading: "DATASET"}, tabular.Column{Heading: "FEED"})
	for _, dataset := range slices.Sorted(maps.Keys(rows)) {
		feeds.Row(dataset, rows[dataset])
	}
	feeds.Flush()
	fmt.Fprintln(w)
}

// greetCallers says how to get a token.
func greetCallers(w io.Writer, auth *local.Auth) {
	d := auth.Directory
	fmt.Fprintf(w, "calls need a token; who may get one is in %s\n\n", auth.File)
	for _, id := range slices.Sorted(maps.Keys(d.Clients)) {
		fmt.Fprintf(w, "  TOKEN=$(curl -s -u %s -d grant_type=client_credentials %s | jq -r .access_token)\n",
			quoted(id+":"+d.Clients[id].Secret), auth.TokenURL())
	}
	for _, name := range slices.Sorted(maps.Keys(d.People)) {
		fmt.Fprintf(w, "  %s signs in with the password %s\n", name, d.People[name].Password)
	}
	fmt.Fprintln(w)
}

// quoted writes a text as one word of a shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
