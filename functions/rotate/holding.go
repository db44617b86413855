package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// secret is a secret of a client in Amazon Cognito, which tells nobody its value after it was made.
type secret struct {
	id   string
	made time.Time
}

// list returns the secrets of a client, the oldest first.
func (r *rotator) list(ctx context.Context, client string) (all []secret, err error) {
	in := &cognitoidentityprovider.ListUserPoolClientSecretsInput{UserPoolId: &r.userPool, ClientId: &client}
	for {
		out, err := r.pool.ListUserPoolClientSecrets(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("listing the secrets: %w", err)
		}
		for _, s := range out.ClientSecrets {
			all = append(all, secret{aws.ToString(s.ClientSecretId), aws.ToTime(s.ClientSecretCreateDate)})
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	slices.SortStableFunc(all, func(a, b secret) int { return a.made.Compare(b.made) })
	return all, nil
}

// holding are the secrets of a client by what they are.
type holding struct {
	current *secret  // the one in place: in the current version in AWS Secrets Manager; nil where it was deleted
	old     *secret  // the one that it has replaced
	strays  []secret // were made and never put into place; nobody knows them
	kept    *secret  // the last one, where none is in place: a client is never without a secret
}

// sortOut says what each of a client's secrets is, of which the one with an id is in place. Without an id it is the one
// that the client was made with: the oldest.
func sortOut(all []secret, id string) (h holding) {
	i := slices.IndexFunc(all, func(s secret) bool { return s.id == id })
	if id == "" && len(all) > 0 {
		i = 0
	}
	switch {
	case i >= 0:
		h.current, h.strays = &all[i], all[i+1:]
		if i > 0 {
			h.old = &all[i-1]
		}
	case len(all) > 0:
		h.kept, h.strays = &all[len(all)-1], all[:len(all)-1]
	}
	return h
}

// last is the secret that a new one replaces.
func (h holding) last() *secret {
	if h.current != nil {
		return h.current
	}
	return h.kept
}

// ends is when the old secret ends.
func (h holding) ends(grace time.Duration) time.Time { return h.current.made.Add(grace) }

func (h holding) answer(grace time.Duration) (a wiring.Rotated) {
	if h.current == nil {
		return a
	}
	a.Since = h.current.made
	if h.old != nil {
		ends := h.ends(grace)
		a.OldEnds = &ends
	}
	return a
}
