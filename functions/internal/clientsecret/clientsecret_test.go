package clientsecret_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/functions/internal/clientsecret"
	"github.com/railtwin/digitaltwin/functions/internal/clientsecret/clientsecrettest"
)

var value = clientsecret.Value{ClientID: "c", ClientSecret: "hush", TokenURL: "https://t", Scope: "twin/read",
	APIURL: "https://a"}

// Ensure that a secret without a version gets its first one, that another one replaces it, and that nobody replaces
// what was put into place after they read.
func TestReplace(t *testing.T) {
	m := clientsecrettest.New("arn")
	if _, version, err := clientsecret.Read(t.Context(), m, "arn"); version != "" || err != nil {
		t.Fatal(version, err)
	}
	if err := clientsecret.Replace(t.Context(), m, "arn", "", value); err != nil {
		t.Fatal(err)
	}
	v, version, err := clientsecret.Read(t.Context(), m, "arn")
	if err != nil || v != value || version == "" {
		t.Fatal(v, version, err)
	}
	m.Versions, m.Labels["AWSCURRENT"] = []string{""}, "0" // emptied by somebody
	if v, version, err := clientsecret.Read(t.Context(), m, "arn"); v != (clientsecret.Value{}) || version != "0" ||
		err != nil {
		t.Fatal(v, version, err)
	}
	if err := clientsecret.Replace(t.Context(), m, "arn", "0", value); err != nil || m.Current() != value {
		t.Fatal(err, m.Current())
	}
	if _, version, err = clientsecret.Read(t.Context(), m, "arn"); err != nil {
		t.Fatal(err)
	}
	second, third := value, value
	second.SecretID, third.SecretID = "2", "3"
	if err := clientsecret.Replace(t.Context(), m, "arn", version, second); err != nil || m.Current() != second {
		t.Fatal(err, m.Current())
	}
	if err := clientsecret.Replace(t.Context(), m, "arn", version, third); err == nil || m.Current() != second {
		t.Errorf("%v, the current version is %v", err, m.Current())
	}
}

// Ensure that no error quotes a secret.
func TestErrorsAreSilent(t *testing.T) {
	m := clientsecrettest.New("arn")
	for _, text := range []string{`hush`, `"hush"`, `{"clientSecret":"hush"`, `{"clientSecret":"hush"}`,
		`{"clientId":7,"clientSecret":"hush"}`} {
		m.Versions, m.Labels["AWSCURRENT"] = []string{text}, "0"
		if _, _, err := clientsecret.Read(t.Context(), m, "arn"); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, action := range []string{"PutSecretValue", "UpdateSecretVersionStage", "GetSecretValue"} {
		m := clientsecrettest.New("arn")
		m.Put(value)
		m.Before = func(a string) error {
			if a == action {
				return errors.New("AccessDenied: " + a)
			}
			return nil
		}
		_, version, err := clientsecret.Read(t.Context(), m, "arn")
		if err == nil {
			err = clientsecret.Replace(t.Context(), m, "arn", version, value)
		}
		if err == nil || !strings.Contains(err.Error(), "AccessDenied: "+action) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", action, err)
		}
	}
}
