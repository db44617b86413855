package main

import (
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/login"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

func newProfiles(c console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "lists the profiles of twin login",
		Long: `Lists the profiles of 'twin login': which twin each is for, who logs in, and whether there is a token. A token
that has expired is renewed by the next command, until the sign-in of a person ends.`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	form := addFormat(cmd)
	cmd.RunE = func(*cobra.Command, []string) error { return listProfiles(c, *form) }
	return cmd
}

// shownProfile is a profile as it is listed: without a token.
type shownProfile struct {
	Name   string `json:"name"`
	URL    string `json:"url"`
	Who    string `json:"who"`
	Token  string `json:"token"` // none, valid, expired or unreadable
	Expiry string `json:"expiry,omitempty"`
}

func listProfiles(c console, form format) error {
	store, err := login.NewStore()
	if err != nil {
		return err
	}
	all, err := store.Profiles()
	if err != nil {
		return err
	}
	out := newList(c.out, form, column{tabular.Column{Heading: "PROFILE"}, "name", true},
		column{tabular.Column{Heading: "URL"}, "url", true}, column{tabular.Column{Heading: "WHO"}, "who", true},
		column{tabular.Column{Heading: "TOKEN"}, "token", false},
		column{tabular.Column{}, "expiry", false})
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p := all[name]
		s := shownProfile{Name: name, URL: p.URL, Who: "a person", Token: "none"}
		if p.Credentials != "" {
			s.Who = "a machine, by " + p.Credentials
		}
		t, err := store.Token(name, p)
		switch {
		case err != nil:
			s.Token = "unreadable"
		case t == nil:
		case t.Expiry.IsZero() || time.Now().Before(t.Expiry):
			s.Token = "valid"
		default:
			s.Token = "expired"
		}
		if t != nil && !t.Expiry.IsZero() {
			s.Expiry = eventTime(t.Expiry.UTC())
		}
		if err := out.add(s, s.Name, s.URL, s.Who, s.Token, s.Expiry); err != nil {
			return err
		}
	}
	return out.end("no profiles: make one with 'twin login'")
}
