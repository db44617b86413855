package test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/wiring"
	"github.com/railtwin/digitaltwin/test/lambda"
)

// account is an endpoint for the services that custom resources ask: a user pool with one client, an API key, a
// secret, and a bucket with two objects.
type account struct {
	t       *testing.T
	secret  string   // what was written into it
	objects []string // keys
}

func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		a.t.Error(err)
	}
	target := r.Header.Get("X-Amz-Target")
	_, tags := r.URL.Query()["tagging"]
	_, versions := r.URL.Query()["versions"]
	switch {
	case strings.HasSuffix(target, ".DescribeUserPoolClient"):
		fmt.Fprint(w, `{"UserPoolClient":{"ClientId":"client","ClientSecret":"of the client"}}`)
	case strings.HasSuffix(target, ".GetSecretValue"): // which has none yet
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type":"ResourceNotFoundException"}`)
	case strings.HasSuffix(target, ".PutSecretValue"):
		var in struct{ SecretId, SecretString string }
		if err := json.Unmarshal(body, &in); err != nil || in.SecretId != "arn:secret" {
			a.t.Errorf("%s: %v", body, err)
		}
		a.secret = in.SecretString
		fmt.Fprint(w, `{}`)
	case r.URL.Path == "/apikeys/key" && r.URL.Query().Get("includeValue") == "true":
		fmt.Fprint(w, `{"id":"key","value":"of the key"}`)
	case r.URL.Path == "/rejects" && tags:
		fmt.Fprintf(w, `<Tagging><TagSet><Tag><Key>%s</Key><Value>true</Value></Tag></TagSet></Tagging>`, wiring.EmptyTag)
	case r.URL.Path == "/rejects" && versions:
		fmt.Fprint(w, `<ListVersionsResult><IsTruncated>false</IsTruncated>`)
		for _, key := range a.objects {
			fmt.Fprintf(w, `<Version><Key>%s</Key><VersionId>null</VersionId></Version>`, key)
		}
		fmt.Fprint(w, `</ListVersionsResult>`)
	case r.URL.Path == "/rejects" && r.Method == http.MethodPost:
		var left []string
		for _, key := range a.objects {
			if !strings.Contains(string(body), "<Key>"+key+"</Key><VersionId>null</VersionId>") {
				left = append(left, key)
			}
		}
		a.objects = left
		fmt.Fprint(w, `<DeleteResult></DeleteResult>`)
	default:
		a.t.Errorf("%s %s %s", r.Method, r.URL, target)
		w.WriteHeader(http.StatusBadRequest)
	}
}

// cloudFormationHears is what the function behind a custom resource answers to CloudFormation.
func cloudFormationHears(t *testing.T, kind, physical string, properties *map[string]interface{},
	invoke func(event []byte)) string {
	t.Helper()
	answers := make(chan string, 1)
	cloudFormation := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		answers <- string(b)
	}))
	defer cloudFormation.Close()
	event, err := json.Marshal(map[string]any{
		"RequestType": kind, "ResponseURL": cloudFormation.URL, "StackId": "s", "RequestId": "r", "LogicalResourceId": "l",
		"PhysicalResourceId": physical, "ResourceProperties": properties,
	})
	if err != nil {
		t.Fatal(err)
	}
	invoke(event)
	return <-answers
}

// Ensure that the binaries behind custom resources do over the wire what they are for, that CloudFormation hears of
// it, and that it does not hear of a secret.
func TestBinariesOfCustomResources(t *testing.T) {
	dir := functionsThatRun(t)
	a := &account{t: t, objects: []string{"rejects/apply/1.ndjson.gz", "aws/lambda/2"}}
	services := httptest.NewServer(a)
	defer services.Close()
	ask := func(name, kind, physical string, properties *map[string]interface{}) string {
		f := lambda.New(t, filepath.Join(dir, name),
			wiring.AWS{Region: "eu-central-1", AccessKeyID: "a", SecretAccessKey: "b", EndpointURL: services.URL}.Env())
		return cloudFormationHears(t, kind, physical, properties, func(event []byte) {
			if _, err := f.Invoke(event); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, f.Output())
			}
		})
	}
	heard := ask("credentials", "Create", "", wiring.Credentials{
		UserPool: "pool", Client: "client", Secret: "arn:secret", APIKey: "key", TokenURL: "https://t", Scope: "twin/read",
		APIURL: "https://a",
	}.Properties())
	if !strings.Contains(heard, `"Status":"SUCCESS"`) ||
		!strings.Contains(heard, `"PhysicalResourceId":"credentials/client"`) || strings.Contains(heard, "of the") {
		t.Errorf("CloudFormation hears %s", heard)
	}
	want := `{"clientId":"client","clientSecret":"of the client","tokenUrl":"https://t","scope":"twin/read","apiUrl":"https://a","apiKey":"of the key"}`
	if a.secret != want {
		t.Errorf("the secret is %s, want %s", a.secret, want)
	}
	heard = ask("empty", "Delete", "bucket/rejects", wiring.Bucket{Name: "rejects"}.Properties())
	if !strings.Contains(heard, `"Status":"SUCCESS"`) || len(a.objects) > 0 {
		t.Errorf("CloudFormation hears %s; left are %v", heard, a.objects)
	}
}
