package iam_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/test/iam"
)

// statements reads a policy that is written as JSON.
func statements(t *testing.T, text string) []*iam.Statement {
	t.Helper()
	var document any
	if err := json.Unmarshal([]byte(`{"Statement":[`+text+`]}`), &document); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	all, err := iam.Read("test", document, func(v any) string { return fmt.Sprint(v) })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const (
	key    = "arn:aws:kms:eu-central-1:" + iam.Account + ":key/a"
	queue  = "arn:aws:sqs:eu-central-1:" + iam.Account + ":a"
	member = "arn:aws:iam::" + iam.Account + ":role/a"
	guest  = "arn:aws:iam::" + iam.Stranger + ":role/a"

	all       = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	toAccount = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + iam.Account +
		`:root"},"Action":"*","Resource":"*"}`
	toGuests = `{"Effect":"Allow","Principal":{"AWS":"` + iam.Stranger + `"},"Action":"*","Resource":"*"}`
	toMember = `{"Effect":"Allow","Principal":{"AWS":"` + member + `"},"Action":"*","Resource":"*"}`
	toGuest  = `{"Effect":"Allow","Principal":{"AWS":"` + guest + `"},"Action":"*","Resource":"*"}`
	toAll    = `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`
	toS3     = `{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"*","Resource":"*"}`
	denyAll  = `{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	ifNamed  = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + iam.Account +
		`:root"},"Action":"kms:Decrypt","Resource":"*",
		"Condition":{"StringEquals":{"kms:ViaService":"s3.eu-central-1.amazonaws.com"},"ArnLike":{"aws:PrincipalArn":["` + member + `"]}}}`
)

// Ensure that the rules are those of AWS: what each side must say, in one account and over its border, and where the
// policy of the resource is required.
func TestDecide(t *testing.T) {
	for _, c := range []struct {
		who, own, there string
		required, want  bool
	}{
		{member, all, "", false, true},
		{member, "", "", false, false},
		{member, "", toMember, false, true},   // either side is enough
		{member, "", toAccount, false, false}, // an account is let in, and its policies say nothing
		{member, all, toS3, false, true},
		{member, all, denyAll, false, false},
		{member, all, "", true, false}, // a key's policy is required
		{member, all, toAccount, true, true},
		{member, "", toAccount, true, false},
		{member, "", toMember, true, true},
		{member, all, toMember, true, true},
		{member, all, ifNamed, true, true},
		{member + "/b", all, ifNamed, true, false},
		{guest, all, "", false, false},
		{guest, all, toGuests, false, true},
		{guest, "", toGuests, false, false},
		{guest, "", toGuest, false, false}, // over the border both must allow
		{guest, all, toGuest, false, true},
		{guest, all, toAccount, true, false},
		{"s3.amazonaws.com", "", toS3, true, true},
		{"sns.amazonaws.com", "", toS3, true, false},
		{"", "", toAccount, false, false},
		{"", "", toAll, false, true},
	} {
		caller := iam.Caller{}
		switch {
		case strings.HasPrefix(c.who, "arn:"):
			caller = iam.Caller{ARN: c.who, Account: strings.Split(c.who, ":")[4]}
			if c.own != "" {
				caller.Rights = statements(t, c.own)
			}
		case c.who != "":
			caller.Service = c.who
		}
		place := iam.Place{Account: iam.Account, Required: c.required}
		if c.there != "" {
			place.Policy = statements(t, c.there)
		}
		r := iam.Request{Caller: caller, Action: "kms:Decrypt", Resource: key, Context: map[string][]string{
			"aws:PrincipalArn": {c.who}, "kms:ViaService": {"s3.eu-central-1.amazonaws.com"}, "aws:SecureTransport": {"false"},
		}}
		if got, err := iam.Decide(r, place); err != nil || got != c.want {
			t.Errorf("%q with %q at %q, required %t: %t, %v; want %t", c.who, c.own, c.there, c.required, got, err, c.want)
		}
	}
}

// Ensure that patterns and conditions match what AWS says they match.
func TestConditions(t *testing.T) {
	for _, c := range []struct {
		action, resource, condition string
		context                     map[string][]string
		want                        bool
	}{
		{"sqs:*", "*", "", nil, true},
		{"sqs:Send*", "arn:aws:sqs:*:a", "", nil, true},
		{"sqs:Receive*", "*", "", nil, false},
		{"sqs:SendMessage", queue + "b*", "", nil, false},
		{"sqs:SendMessage", "arn:aws:sqs:*:*:*a", "", nil, true},
		{"*", "*", `{"StringEquals":{"kms:ViaService":"a"}}`, nil, false},
		{"*", "*", `{"StringEquals":{"kms:ViaService":["a","b"]}}`, map[string][]string{"kms:ViaService": {"b"}}, true},
		{"*", "*", `{"StringLike":{"kms:ViaService":"a*"}}`, map[string][]string{"kms:ViaService": {"abc"}}, true},
		{"*", "*", `{"StringEquals":{"kms:ViaService":"a*"}}`, map[string][]string{"kms:ViaService": {"abc"}}, false},
		{"*", "*", `{"ArnEquals":{"aws:SourceArn":"arn:*"}}`, map[string][]string{"aws:SourceArn": {"arn:x"}}, true},
		{"*", "*", `{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`, map[string][]string{"s3:TlsVersion": {"1.1"}}, true},
		{"*", "*", `{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`, map[string][]string{"s3:TlsVersion": {"1.2"}}, false},
		{"*", "*", `{"Bool":{"aws:SecureTransport":"false"}}`, map[string][]string{"aws:SecureTransport": {"False"}}, true},
		{"*", "*", `{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["a"]}}`,
			map[string][]string{"dynamodb:LeadingKeys": {"a", "b"}}, false},
		{"*", "*", `{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["a"]}}`,
			map[string][]string{"dynamodb:LeadingKeys": {"a"}}, true},
		{"*", "*", `{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["a"]}}`, nil, true}, // as on AWS
		{"*", "*", `{"StringEquals":{"aws:ResourceTag/a":"b"}}`, map[string][]string{"aws:ResourceTag/a": {"b"}}, true},
	} {
		text := `{"Effect":"Allow","Action":"` + c.action + `","Resource":"` + c.resource + `"`
		if c.condition != "" {
			text += `,"Condition":` + c.condition
		}
		caller := iam.Caller{ARN: member, Account: iam.Account, Rights: statements(t, text+"}")}
		got, err := iam.Decide(iam.Request{Caller: caller, Action: "sqs:SendMessage", Resource: queue, Context: c.context},
			iam.Place{Account: iam.Account})
		if err != nil || got != c.want {
			t.Errorf("%s} with %v: %t, %v; want %t", text, c.context, got, err, c.want)
		}
	}
}

// Ensure that what cannot be judged is an error and never a decision.
func TestUnknown(t *testing.T) {
	for _, text := range []string{
		`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`,
		`{"Effect":"Allow","Action":"*","NotResource":"a"}`,
		`{"Effect":"Allow","NotPrincipal":{"AWS":"a"},"Action":"*","Resource":"*"}`,
		`{"Effect":"Allow","Principal":{"Federated":"a"},"Action":"*","Resource":"*"}`,
		`{"Effect":"Allow","Action":"*","Resource":"arn:${Twin/Table.Arn}"}`,
		`{"Effect":"Allow","Action":"*","Resource":"a?c"}`,
		`{"Effect":"Allow","Action":"*","Resource":""}`,
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceArn":"a"}}}`,
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:SourceArn":"a"}}}`,
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:SourceIp":"a"}}}`,
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":"a"}}`,
		`"Allow"`,
	} {
		var document any
		if err := json.Unmarshal([]byte(`{"Statement":`+text+`}`), &document); err != nil {
			t.Fatal(err)
		}
		_, err := iam.Read("test", document, func(v any) string { return fmt.Sprint(v) })
		var unknown *iam.Unknown
		if !errors.As(err, &unknown) {
			t.Errorf("%s is read: %v", text, err)
		}
	}
	for _, r := range []iam.Request{
		{Action: "", Resource: "*"}, {Action: "a:B", Resource: "${Twin/Table.Arn}"},
		{Action: "a:B", Resource: "*", Context: map[string][]string{"aws:SourceIp": {"192.0.2.1"}}},
	} {
		var unknown *iam.Unknown
		if _, err := iam.Decide(r, iam.Place{}); !errors.As(err, &unknown) {
			t.Errorf("%+v is judged: %v", r, err)
		}
	}
}
