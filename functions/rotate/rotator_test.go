package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/railtwin/digitaltwin/functions/internal/clientsecret"
	"github.com/railtwin/digitaltwin/functions/internal/clientsecret/clientsecrettest"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// account is Amazon Cognito with the secrets of one client, at most two, and AWS Secrets Manager.
type account struct {
	*clientsecrettest.Manager
	secrets []types.ClientSecretDescriptorType // good at the token endpoint
	made    int
	now     time.Time
	fault   func(action string) error // before an action of Amazon Cognito or AWS Secrets Manager
	lost    func(action string) error // after it
}

const grace = 7 * 24 * time.Hour

// newAccount is an account whose client was deployed an hour ago.
func newAccount() *account {
	a := &account{Manager: clientsecrettest.New("arn:secret"), now: time.Date(2026, 11, 29, 6, 0, 0, 0, time.UTC)}
	none := func(string) error { return nil }
	a.fault, a.lost = none, none
	a.Before = func(action string) error { return a.fault(action) }
	a.After = func(action string) error { return a.lost(action) }
	a.add()
	a.Put(clientsecret.Value{ClientID: "client", ClientSecret: *a.secrets[0].ClientSecretValue,
		TokenURL: "https://users/oauth2/token", Scope: "twin/read", APIURL: "https://api/v1", APIKey: "key"})
	a.now = a.now.Add(time.Hour)
	return a
}

func (a *account) add() types.ClientSecretDescriptorType {
	a.made++
	s := types.ClientSecretDescriptorType{
		ClientSecretId: aws.String(fmt.Sprint("client--", a.made)), ClientSecretValue: aws.String(fmt.Sprint("hush", a.made)),
		ClientSecretCreateDate: aws.Time(a.now),
	}
	a.secrets = append(a.secrets, s)
	return s
}

func (a *account) AddUserPoolClientSecret(_ context.Context, in *cognitoidentityprovider.AddUserPoolClientSecretInput,
	_ ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.AddUserPoolClientSecretOutput, error) {
	if err := a.fault("Add"); err != nil {
		return nil, err
	}
	if len(a.secrets) == 2 || *in.ClientId != "client" || *in.UserPoolId != "pool" {
		return nil, errors.New("LimitExceededException")
	}
	s := a.add()
	return &cognitoidentityprovider.AddUserPoolClientSecretOutput{ClientSecretDescriptor: &s}, a.lost("Add")
}

func (a *account) ListUserPoolClientSecrets(context.Context, *cognitoidentityprovider.ListUserPoolClientSecretsInput,
	...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.ListUserPoolClientSecretsOutput, error) {
	out := &cognitoidentityprovider.ListUserPoolClientSecretsOutput{ClientSecrets: slices.Clone(a.secrets)}
	for i := range out.ClientSecrets {
		out.ClientSecrets[i].ClientSecretValue = nil
	}
	slices.Reverse(out.ClientSecrets)
	return out, a.fault("List")
}

func (a *account) DeleteUserPoolClientSecret(_ context.Context,
	in *cognitoidentityprovider.DeleteUserPoolClientSecretInput,
	_ ...func(*cognitoidentityprovider.Options)) (*cognitoidentityprovider.DeleteUserPoolClientSecretOutput, error) {
	if err := a.fault("Delete"); err != nil {
		return nil, err
	}
	if len(a.secrets) == 1 {
		return nil, errors.New("InvalidParameterException: the last secret")
	}
	a.secrets = slices.DeleteFunc(a.secrets,
		func(s types.ClientSecretDescriptorType) bool { return *s.ClientSecretId == *in.ClientSecretId })
	return &cognitoidentityprovider.DeleteUserPoolClientSecretOutput{}, a.lost("Delete")
}

// good reports whether the token endpoint takes a secret.
func (a *account) good(value string) bool {
	return slices.ContainsFunc(a.secrets,
		func(s types.ClientSecretDescriptorType) bool { return *s.ClientSecretValue == value })
}

func (a *account) rotator() *rotator {
	return &rotator{userPool: "pool", grace: grace, pool: a, secrets: a, now: func() time.Time { return a.now },
		try: func(_ context.Context, v clientsecret.Value) error {
			if err := a.fault("Try"); err != nil || a.good(v.ClientSecret) {
				return err
			}
			return errors.New("401")
		}}
}

// Ensure that an operator rotates a secret, that asking twice rotates once, that the old secret is good for the grace
// time and not longer, and that the rest of what the client finds stays.
func TestRotation(t *testing.T) {
	a := newAccount()
	r := a.rotator()
	do := func(e wiring.Rotation) wiring.Rotated {
		t.Helper()
		e.Secret = "arn:secret"
		answer, err := r.one(t.Context(), e)
		if err != nil || answer.Client != "client" {
			t.Fatalf("%+v: %+v, %v", e, answer, err)
		}
		return answer
	}
	daily := wiring.Rotation{}
	if got := do(daily); got.Rotated || got.OldEnds != nil {
		t.Errorf("on a day like any other: %+v", got)
	}
	before := a.Current()
	if got := do(wiring.Rotation{Now: true}); !got.Rotated || !got.OldEnds.Equal(a.now.Add(grace)) {
		t.Errorf("an operator rotates: %+v", got)
	}
	after := a.Current()
	if after.ClientSecret == before.ClientSecret || after.APIKey != "key" || after.APIURL != before.APIURL ||
		!a.good(before.ClientSecret) || !a.good(after.ClientSecret) {
		t.Errorf("the secret is %+v, and %d are good", after, len(a.secrets))
	}
	a.now = a.now.Add(grace - time.Hour)
	if got := do(wiring.Rotation{Now: true}); got.Rotated || got.OldEnds == nil || a.Current() != after {
		t.Errorf("an operator asks again: %+v", got)
	}
	if do(daily); !a.good(before.ClientSecret) {
		t.Error("the old secret ended before the grace time did")
	}
	a.now = a.now.Add(time.Hour)
	if got := do(daily); got.OldEnds != nil || a.good(before.ClientSecret) || !a.good(after.ClientSecret) {
		t.Errorf("after the grace time: %+v", got)
	}
	for day, want := range map[int]bool{29: false, 30: true} {
		a.now = a.secrets[0].ClientSecretCreateDate.AddDate(0, 0, day)
		if got := do(wiring.Rotation{EveryDays: 30}); got.Rotated != want {
			t.Errorf("after %d days of 30: %+v", day, got)
		}
	}
}

// Ensure that a secret that has leaked ends at once, in the grace time of the one before too.
func TestLeakedSecret(t *testing.T) {
	a := newAccount()
	r := a.rotator()
	for _, e := range []wiring.Rotation{{Secret: "arn:secret", Now: true}, {Secret: "arn:secret", Leaked: true}} {
		a.now = a.now.Add(time.Hour)
		if answer, err := r.one(t.Context(), e); err != nil || !answer.Rotated || e.Leaked != (answer.OldEnds == nil) {
			t.Fatalf("%+v, %v", answer, err)
		}
	}
	if len(a.secrets) != 1 || !a.good(a.Current().ClientSecret) {
		t.Errorf("%d secrets are good; %+v is in place", len(a.secrets), a.Current())
	}
}

// Ensure that wherever a rotation fails, and whether what failed was done or not, the secret in place is good, the old
// one is good too, and the calls of the next days bring the client to one good secret again.
func TestFailuresInTheMiddle(t *testing.T) {
	for _, leaked := range []bool{false, true} {
		for _, lost := range []bool{false, true} {
			for _, at := range []string{"GetSecretValue", "List", "Add", "Try", "PutSecretValue", "UpdateSecretVersionStage",
				"Delete"} {
				name := fmt.Sprintf("leaked %t, %s fails, done %t", leaked, at, lost)
				a := newAccount()
				r := a.rotator()
				held := []string{a.Current().ClientSecret}
				check := func(when string) {
					if now := a.Current().ClientSecret; !a.good(now) {
						t.Errorf("%s: %s %s is in place and dead", name, when, now)
					}
				}
				failing := func(action string) error {
					check("before " + action)
					if action == at {
						return errors.New("timeout")
					}
					return nil
				}
				if lost {
					a.lost = failing
				} else {
					a.fault = failing
				}
				_, err := r.one(t.Context(), wiring.Rotation{Secret: "arn:secret", Now: true, Leaked: leaked})
				done := at == "GetSecretValue" || at == "List" || at == "Try" // have no effect that could be done or not
				if err == nil && !(at == "Delete" && !leaked) && !(lost && done) {
					t.Errorf("%s: no error", name)
				}
				check("after it")
				if !leaked && !a.good(held[0]) {
					t.Errorf("%s: the old secret is dead", name)
				}
				none := func(string) error { return nil }
				a.fault, a.lost = none, none
				// AWS Lambda repeats an event of a rule
				if _, err := r.one(t.Context(), wiring.Rotation{Secret: "arn:secret"}); err != nil {
					t.Errorf("%s: at once: %v", name, err)
				}
				check("at once")
				a.now = a.now.Add(unsure)
				if _, err := r.one(t.Context(), wiring.Rotation{Secret: "arn:secret", Now: true}); err != nil {
					t.Errorf("%s: again: %v", name, err)
				}
				check("again")
				if a.Current().ClientSecret == held[0] {
					t.Errorf("%s: was never rotated", name)
				}
				a.now = a.now.Add(grace)
				if _, err := r.one(t.Context(), wiring.Rotation{Secret: "arn:secret"}); err != nil || len(a.secrets) != 1 {
					t.Errorf("%s: in the end %d secrets are good, %v", name, len(a.secrets), err)
				}
				check("in the end")
			}
		}
	}
}

// Ensure that of two rotations at once one is refused, and says when to try again.
func TestTwoAtOnce(t *testing.T) {
	a := newAccount()
	r := a.rotator()
	var second error
	a.fault = func(action string) error {
		if action == "Try" && second == nil {
			_, second = r.one(t.Context(), wiring.Rotation{Secret: "arn:secret", Now: true})
		}
		return nil
	}
	first, err := r.one(t.Context(), wiring.Rotation{Secret: "arn:secret", Now: true})
	if err != nil || !first.Rotated || second == nil ||
		!strings.Contains(second.Error(), "try again after 2026-11-29T07:10:00Z") {
		t.Errorf("%+v, %v; %v", first, err, second)
	}
	if len(a.secrets) != 2 || !a.good(a.Current().ClientSecret) {
		t.Errorf("%d secrets, %+v", len(a.secrets), a.Current())
	}
}

// Ensure that a client whose secret was deleted in Amazon Cognito gets a good one on the next day, whatever else is
// there.
func TestDeadSecretIsReplaced(t *testing.T) {
	for others := 1; others <= 2; others++ {
		a := newAccount()
		a.secrets = nil
		for range others {
			a.add()
			a.now = a.now.Add(time.Hour)
		}
		v := a.Current()
		v.SecretID = "client--gone"
		a.Put(v)
		if answer, err := a.rotator().one(t.Context(), wiring.Rotation{Secret: "arn:secret"}); err != nil ||
			!answer.Rotated || !a.good(a.Current().ClientSecret) {
			t.Errorf("with %d others: %+v, %v", others, answer, err)
		}
	}
}

// Ensure that neither an error nor the log nor an answer holds a secret, and that an error says what could not be done.
func TestSilence(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	defer slog.SetDefault(before)
	for at, want := range map[string]string{
		"": "", "GetSecretValue": "reading the secret", "List": "listing the secrets", "Add": "adding a secret",
		"Try":            "trying the new secret",
		"PutSecretValue": "writing the secret", "UpdateSecretVersionStage": "writing the secret",
		"Delete": "but the old one is still good",
	} {
		a := newAccount()
		a.fault = func(action string) error {
			if action == at {
				return errors.New("AccessDenied")
			}
			return nil
		}
		answer, err := a.rotator().one(t.Context(), wiring.Rotation{Secret: "arn:secret", Leaked: true})
		if said := fmt.Sprintf("%+v %v", answer, err); strings.Contains(said, "hush") || (err == nil) != (at == "") ||
			!strings.Contains(said, want) {
			t.Errorf("%s: %s", at, said)
		}
	}
	a := newAccount()
	a.Labels = map[string]string{}
	if _, err := a.rotator().one(t.Context(), wiring.Rotation{Secret: "arn:secret", Now: true}); err == nil ||
		!strings.Contains(err.Error(), "deploy the environment") {
		t.Error(err)
	}
	if log.Len() == 0 || strings.Contains(log.String(), "hush") {
		t.Errorf("the log is %s", &log)
	}
}

// Ensure that every day's call looks at all clients, also behind one that fails.
func TestDaily(t *testing.T) {
	a := newAccount()
	_, err := a.rotator().handle(t.Context(), wiring.RotateEvent{Daily: []wiring.Rotation{{Secret: "arn:other"},
		{Secret: "arn:secret", Now: true}}})
	if err == nil || !strings.Contains(err.Error(), "arn:other") || len(a.secrets) != 2 {
		t.Errorf("%v, %d secrets", err, len(a.secrets))
	}
	if answer, err := a.rotator().handle(t.Context(),
		wiring.RotateEvent{Rotation: wiring.Rotation{Secret: "arn:secret"}}); err != nil || answer.OldEnds == nil {
		t.Errorf("%+v, %v", answer, err)
	}
}
