package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/login"
)

func newLogout(c console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "ends a login and removes its profile",
		Long: `Removes a profile and its token from this machine, and ends the sign-in of a person at the issuer where
that can be done. Credentials of a machine stay where they are.`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	t := addTarget(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return logout(cmd.Context(), c, t) }
	return cmd
}

func logout(ctx context.Context, c console, t *target) error {
	store, err := login.NewStore()
	if err != nil {
		return err
	}
	name, p, err := t.find(store)
	switch {
	case err != nil:
		return err
	case name == "":
		return fmt.Errorf("nobody is logged in to %s: see 'twin profiles'", t.url)
	}
	token, err := store.Token(name, p)
	if err == nil {
		err = p.Revoke(ctx, token)
	}
	if err != nil {
		fmt.Fprintf(c.err, "the sign-in could not be ended at the issuer, and ends there by itself: %v\n", err)
	}
	if err := store.Remove(name); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "logged out of %s, and removed the profile %s\n", p.URL, name)
	return err
}
