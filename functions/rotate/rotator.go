package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/railtwin/digitaltwin/functions/internal/clientsecret"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// pool is the part of the client of Amazon Cognito that is used.
type pool interface {
	AddUserPoolClientSecret(context.Context, *cognitoidentityprovider.AddUserPoolClientSecretInput,
		...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AddUserPoolClientSecretOutput, error)
	ListUserPoolClientSecrets(context.Context, *cognitoidentityprovider.ListUserPoolClientSecretsInput,
		...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.ListUserPoolClientSecretsOutput, error)
	DeleteUserPoolClientSecret(context.Context, *cognitoidentityprovider.DeleteUserPoolClientSecretInput,
		...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.DeleteUserPoolClientSecretOutput, error)
}

type rotator struct {
	userPool string
	grace    time.Duration
	pool     pool
	secrets  clientsecret.Store
	try      func(context.Context, clientsecret.Value) error // whether Amazon Cognito takes a secret
	now      func() time.Time
}

// unsure is how long a secret that is in no version may still become one: longer than an invocation lasts.
const unsure = 10 * time.Minute

// handle does what an operator asks for, or what is due today: one client that fails does not stop the others.
func (r *rotator) handle(ctx context.Context, e wiring.RotateEvent) (wiring.Rotated, error) {
	if e.Daily == nil {
		return r.one(ctx, e.Rotation)
	}
	var errs []error
	for _, client := range e.Daily {
		_, err := r.one(ctx, client)
		errs = append(errs, err)
	}
	return wiring.Rotated{}, errors.Join(errs...)
}

// one brings the secret of a client into the state that is asked for. The error of an operator's call says when to call
// again.
func (r *rotator) one(ctx context.Context, e wiring.Rotation) (wiring.Rotated, error) {
	v, version, err := clientsecret.Read(ctx, r.secrets, e.Secret)
	if err == nil && v.ClientID == "" {
		err = errors.New("the secret has no value yet: deploy the environment")
	}
	if err != nil {
		return wiring.Rotated{}, fmt.Errorf("rotate: %s: %w", e.Secret, err)
	}
	answer, err := r.rotate(ctx, e, place{e.Secret, version, v})
	answer.Client = v.ClientID
	if err != nil {
		return answer, fmt.Errorf("rotate: client %s: %w", v.ClientID, err)
	}
	return answer, nil
}

// place is the current version of a client's secret.
type place struct {
	secret, version string
	clientsecret.Value
}

func (r *rotator) rotate(ctx context.Context, e wiring.Rotation, p place) (wiring.Rotated, error) {
	asked := e.Now || e.Leaked
	all, err := r.list(ctx, p.ClientID)
	if err != nil {
		return wiring.Rotated{}, err
	}
	held := sortOut(all, p.SecretID)
	if held.current == nil {
		slog.Warn("the secret that is in place was deleted in Amazon Cognito; a new one is made", "client", p.ClientID)
	}
	for _, stray := range held.strays {
		if sure := stray.made.Add(unsure); r.now().Before(sure) {
			if asked {
				return wiring.Rotated{}, fmt.Errorf("a rotation began at %s and is under way, or has failed: try again after %s",
					stray.made.UTC().Format(time.RFC3339), sure.UTC().Format(time.RFC3339))
			}
			return held.answer(r.grace), nil // tomorrow
		}
		if err := r.end(ctx, p.ClientID, stray, "a rotation failed before it was in place"); err != nil {
			return wiring.Rotated{}, err
		}
	}
	if held.old != nil && (e.Leaked || !r.now().Before(held.ends(r.grace))) {
		if err := r.end(ctx, p.ClientID, *held.old, "it was replaced"); err != nil {
			return wiring.Rotated{}, err
		}
		held.old = nil
	}
	due := held.current == nil || asked || e.EveryDays > 0 && !r.now().Before(held.current.made.AddDate(0, 0, e.EveryDays))
	if !due || held.old != nil {
		return held.answer(r.grace), nil
	}
	return r.replace(ctx, p, held, e.Leaked)
}

// replace puts a new secret into place. What was in place is good for the grace time, unless it has leaked.
func (r *rotator) replace(ctx context.Context, p place, held holding, leaked bool) (wiring.Rotated, error) {
	out, err := r.pool.AddUserPoolClientSecret(ctx, &cognitoidentityprovider.AddUserPoolClientSecretInput{
		UserPoolId: &r.userPool, ClientId: &p.ClientID,
	})
	if err != nil {
		return wiring.Rotated{}, fmt.Errorf("adding a secret: %w", err)
	}
	made := out.ClientSecretDescriptor
	if made == nil || aws.ToString(made.ClientSecretId) == "" || aws.ToString(made.ClientSecretValue) == "" {
		return wiring.Rotated{}, errors.New("adding a secret: Amazon Cognito did not say which")
	}
	v := p.Value
	v.ClientSecret, v.SecretID = *made.ClientSecretValue, *made.ClientSecretId
	if err := r.try(ctx, v); err != nil {
		return wiring.Rotated{}, fmt.Errorf("trying the new secret, which is not in place: %w", err)
	}
	if err := clientsecret.Replace(ctx, r.secrets, p.secret, p.version, v); err != nil {
		return wiring.Rotated{}, err
	}
	slog.Info("a secret was rotated", "client", v.ClientID, "secret", p.secret, "secretId", v.SecretID, "leaked", leaked)
	now := holding{current: &secret{id: v.SecretID, made: aws.ToTime(made.ClientSecretCreateDate)}, old: held.last()}
	if now.old != nil && leaked {
		if err := r.end(ctx, v.ClientID, *now.old, "it has leaked"); err != nil {
			return wiring.Rotated{}, fmt.Errorf("the new secret is in place, but the old one is still good: %w", err)
		}
		now.old = nil
	}
	answer := now.answer(r.grace)
	answer.Rotated = true
	return answer, nil
}

// end deletes a secret in Amazon Cognito.
func (r *rotator) end(ctx context.Context, client string, s secret, why string) error {
	_, err := r.pool.DeleteUserPoolClientSecret(ctx, &cognitoidentityprovider.DeleteUserPoolClientSecretInput{
		UserPoolId: &r.userPool, ClientId: &client, ClientSecretId: &s.id,
	})
	if err != nil {
		return fmt.Errorf("ending the secret of %s: %w", s.made.UTC().Format(time.RFC3339), err)
	}
	slog.Info("a secret was ended", "client", client, "secretId", s.id, "why", why)
	return nil
}
