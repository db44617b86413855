package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/login"
)

// The environment variables of a machine's credentials.
const (
	idVariable     = "TWIN_CLIENT_ID"
	secretVariable = "TWIN_CLIENT_SECRET"
)

// loggingIn is what the arguments of one "twin login" ask for.
type loggingIn struct {
	profile, url, credentials, clientID, apiKey string
	scopes                                      []string
	noBrowser                                   bool
}

func newLogin(c console) *cobra.Command {
	l := &loggingIn{}
	cmd := &cobra.Command{
		Use:   "login",
		Short: "logs in to a twin, so that other commands can read and operate it",
		Long: `Logs in to a twin that needs a token, and keeps a profile of how it did. Other commands use the profile
by --profile NAME, or by the --url of the twin, and renew the token by themselves.

A person signs in with a browser, on this machine or, with --no-browser, on another.

A machine logs in with the id and the secret of a client: from the environment variables ` + idVariable + `
and ` + secretVariable + `, then and later; or from a file that only its owner may read, which holds the
JSON of the client's secret as AWS Secrets Manager has it. The profile keeps the path of the file, no secret.`,
		Example: `
  twin login --profile prod --url https://twin.example.com/v1
  twin login --profile ci --credentials client.json
  twin list --profile prod --metrics position`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, _ []string) error { return l.run(cmd.Context(), c) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&l.profile, "profile", "", "`NAME` of the profile. Default: the host of the URL")
	flags.StringVar(&l.url, "url", "", "`URL` of the twin, with or without /v1. Default: that of the profile or of the "+
		"credentials, else "+localTwin)
	flags.StringVar(&l.credentials, "credentials", "", "`FILE` with the id and the secret of a machine's client, "+
		"with mode 0600")
	flags.StringSliceVar(&l.scopes, "scope", nil, "ask for `SCOPE`, such as twin/read; can be repeated. "+
		"Default: what the client may have")
	flags.StringVar(&l.clientID, "client-id", "", "`ID` of the public client by which people sign in, "+
		"where the twin names none")
	flags.StringVar(&l.apiKey, "api-key", "", "`KEY` that counts the calls, where the twin asks for one; "+
		"it is kept in the profile")
	flags.BoolVar(&l.noBrowser, "no-browser", false, "only print the address at which to sign in")
	complete(cmd, "url")
	complete(cmd, "scope", "twin/read", "twin/operate")
	completeProfiles(cmd)
	return cmd
}

// noArguments refuses arguments that are no flags.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("unexpected argument %q: there are only flags", args[0])
	}
	return nil
}

func (l *loggingIn) run(ctx context.Context, c console) error {
	store, err := login.NewStore()
	if err != nil {
		return err
	}
	machine, place, err := l.machine(store)
	if err != nil {
		return err
	}
	base, err := l.base(store, machine)
	if err != nil {
		return err
	}
	p, err := login.Discover(ctx, base)
	if err != nil {
		return err
	}
	p.APIKey = l.apiKey
	if l.profile == "" {
		u, err := url.Parse(p.URL)
		if err != nil {
			return err
		}
		l.profile = u.Hostname()
	}
	if err := login.CheckName(l.profile); err != nil {
		return usagef("--profile: %v", err)
	}
	if machine != nil {
		err = p.Machine(machine, place)
	} else {
		err = p.People(l.clientID, l.scopes)
	}
	if err != nil {
		return err
	}
	if len(l.scopes) > 0 {
		p.Scopes = l.scopes
	}
	if machine != nil {
		return l.asMachine(ctx, c, store, p, machine)
	}
	return l.asPerson(ctx, c, store, p)
}

// machine returns the credentials of a machine and their place: those that the flag or the environment name, or else
// those of the profile. It is nil for a person.
func (l *loggingIn) machine(store *login.Store) (*login.Credentials, string, error) {
	file := l.credentials
	if file == "" {
		c, err := environmentCredentials()
		if c != nil || err != nil {
			return c, login.Environment, err
		}
		if p, err := store.Profile(l.profile); err == nil && p.Credentials != login.Environment {
			file = p.Credentials
		}
	}
	if file == "" {
		return nil, "", nil
	}
	c, err := login.ReadCredentials(file)
	if err != nil {
		return nil, "", err
	}
	return c, c.Source, nil
}

// environmentCredentials returns the credentials of a machine that the environment holds, nil without any.
func environmentCredentials() (*login.Credentials, error) {
	c := &login.Credentials{
		ID: os.Getenv(idVariable), Secret: os.Getenv(secretVariable), Source: idVariable + " and " + secretVariable,
	}
	const half = "%s is set, and %s is not: set both, or unset it to sign in as a person"
	switch {
	case c.ID == "" && c.Secret == "":
		return nil, nil
	case c.ID == "":
		return nil, fmt.Errorf(half, secretVariable, idVariable)
	case c.Secret == "":
		return nil, fmt.Errorf(half, idVariable, secretVariable)
	}
	return c, nil
}

// base returns the URL of the twin.
func (l *loggingIn) base(store *login.Store, machine *login.Credentials) (string, error) {
	known, err := store.Profiles()
	switch {
	case err != nil:
		return "", err
	case l.url != "":
		return l.url, nil
	case known[l.profile].URL != "":
		return known[l.profile].URL, nil
	case machine != nil && machine.URL != "":
		return machine.URL, nil
	}
	return localTwin, nil
}

func (l *loggingIn) asMachine(
	ctx context.Context, c console, store *login.Store, p login.Profile, machine *login.Credentials,
) error {
	if err := store.DropToken(l.profile); err != nil { // a token of before may have other rights
		return err
	}
	if _, err := store.Source(l.profile, p, machine, loginCommand(l.profile))(ctx, ""); err != nil {
		return err
	}
	return l.keep(c, store, p, "client "+machine.ID+" of "+machine.Source)
}

func (l *loggingIn) asPerson(ctx context.Context, c console, store *login.Store, p login.Profile) error {
	t, err := p.SignIn(ctx, login.Browser{
		Open:   func(address string) { l.show(c, address) },
		Pasted: lines(c.in),
		Refuse: func(why error) { fmt.Fprintf(c.err, "%v. Paste another one\n", why) },
	})
	if err != nil {
		return err
	}
	if err := store.SaveToken(l.profile, t); err != nil {
		return err
	}
	return l.keep(c, store, p, "a person")
}

// show shows the page on which to sign in, in a browser if there is one.
func (l *loggingIn) show(c console, address string) {
	if !l.noBrowser {
		err := openBrowser(address)
		if err == nil {
			fmt.Fprintf(c.err, "A browser opens. If none does, sign in at\n  %s\n", address)
			return
		}
		fmt.Fprintf(c.err, "No browser can be opened: %v.\n", err)
	}
	fmt.Fprintf(c.err, "Sign in with a browser at\n  %s\n"+
		"If it is on another machine, it ends at a page that it cannot open: paste the address of that page here\n",
		address)
}

// lines returns the lines of a reader while they come. It reads on until the process ends.
func lines(r io.Reader) <-chan string {
	all := make(chan string)
	go func() {
		defer close(all)
		for s := bufio.NewScanner(r); s.Scan(); {
			all <- s.Text()
		}
	}()
	return all
}

// keep keeps the profile and says so.
func (l *loggingIn) keep(c console, store *login.Store, p login.Profile, who string) error {
	if err := store.Save(l.profile, p); err != nil {
		return err
	}
	until := ""
	if t, err := store.Token(l.profile, p); err == nil && t != nil && !t.Expiry.IsZero() {
		until = ", with a token until " + t.Expiry.Local().Format(time.TimeOnly)
	}
	_, err := fmt.Fprintf(c.out, "logged in to %s as %s%s\nprofile %s: use it with --profile %[4]s, or with --url %[1]s\n",
		p.URL, who, until, l.profile)
	return err
}

// loginCommand is the command that logs in again.
func loginCommand(profile string) string { return "twin login --profile " + profile }
