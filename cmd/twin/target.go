package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/client"
	"github.com/railtwin/digitaltwin/internal/login"
)

// localTwin is the URL of a twin on this machine, unless it was told to be elsewhere.
const localTwin = "http://" + defaultListen

// profileVariable is the environment variable that names a profile where no flag does.
const profileVariable = "TWIN_PROFILE"

// target is which twin a command calls, as its flags say.
type target struct {
	url, profile string
}

// addTarget gives a command, and those below it, the flags that say which twin they call.
func addTarget(cmd *cobra.Command) *target {
	t := &target{}
	flags := cmd.PersistentFlags()
	flags.StringVar(&t.url, "url", "", "`URL` of the twin, with or without /v1. Default: that of the profile, "+
		"else "+localTwin)
	flags.StringVar(&t.profile, "profile", "", "`NAME` of a profile of 'twin login'. Default: "+profileVariable+", "+
		"else one for the URL, if any")
	complete(cmd, "url")
	completeProfiles(cmd)
	return t
}

// completeProfiles offers the names of profiles for --profile.
func completeProfiles(cmd *cobra.Command) {
	completeWith(cmd, "profile", func(*cobra.Command, []string, string) []string {
		store, err := login.NewStore()
		if err != nil {
			return nil
		}
		all, err := store.Profiles()
		if err != nil {
			return nil
		}
		return slices.Sorted(maps.Keys(all))
	})
}

// open returns a client of the twin, with the token of its profile if there is one.
func (t *target) open() (*client.Client, error) {
	store, err := login.NewStore()
	if err != nil {
		if t.profile != "" {
			return nil, err
		}
		store = nil // a machine without a home has no profiles
	}
	name, p, err := t.find(store)
	if err != nil {
		return nil, err
	}
	if name == "" {
		return client.New(t.url, client.Options{})
	}
	again := loginCommand(name)
	o := client.Options{Login: again, APIKey: p.APIKey}
	credentials, err := credentialsOf(p)
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	if credentials != nil && credentials.APIKey != "" {
		o.APIKey = credentials.APIKey
	}
	o.Tokens = store.Source(name, p, credentials, again)
	return client.New(p.URL, o)
}

// find returns the profile that the flags name, or that there is for their URL; the name is "" without one. It
// completes the URL.
func (t *target) find(store *login.Store) (name string, p login.Profile, err error) {
	profile := t.profile
	if profile == "" && t.url == "" {
		profile = os.Getenv(profileVariable)
	}
	if t.url != "" || profile == "" {
		if t.url == "" {
			t.url = localTwin
		}
		u, err := client.ParseBase(t.url)
		if err != nil {
			return "", p, usagef("--url: %v", err)
		}
		t.url = u.String()
	}
	if store == nil {
		return "", p, nil
	}
	if profile == "" {
		names, err := store.Of(t.url)
		switch {
		case err != nil || len(names) == 0:
			return "", p, err
		case len(names) > 1:
			return "", p, usagef("there are several profiles for %s: choose one with --profile: %s",
				t.url, strings.Join(names, ", "))
		}
		profile = names[0]
	}
	p, err = store.Profile(profile)
	if err != nil {
		return "", p, err
	}
	if t.url != "" && t.url != p.URL {
		return "", p, usagef("the profile %s is for %s, and its token goes nowhere else: leave --url or --profile out",
			profile, p.URL)
	}
	t.url = p.URL
	return profile, p, nil
}

// credentialsOf returns the credentials of a machine's profile; nil for that of a person.
func credentialsOf(p login.Profile) (*login.Credentials, error) {
	switch p.Credentials {
	case "":
		return nil, nil
	case login.Environment:
		c, err := environmentCredentials()
		if c == nil && err == nil {
			err = fmt.Errorf("its credentials come from the environment: set %s and %s", idVariable, secretVariable)
		}
		return c, err
	}
	return login.ReadCredentials(p.Credentials)
}
