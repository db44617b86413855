package constructs_test

import (
	"strings"
	"testing"
)

// Ensure that the files of the page are read by its distribution only, that the page may connect to the API and the
// user pool and nothing else, and that it is let in by both.
func TestPage(t *testing.T) {
	a := everything(t)
	const e = "full"
	distribution := a.one(t, e, "Twin/Page")
	config := distribution.Text("DistributionConfig")
	for _, want := range []string{`"OriginAccessControlId"`, `"redirect-to-https"`, `"DefaultRootObject":"index.html"`} {
		if !strings.Contains(config, want) {
			t.Errorf("the distribution has no %s: %s", want, config)
		}
	}
	if got := distribution.Text("DistributionConfig", "DefaultCacheBehavior",
		"ResponseHeadersPolicyId"); got != "${Twin/PageHeaders}" {
		t.Errorf("its headers are %s", got)
	}
	policy := a.one(t, e, "Twin/PageFiles/Policy").Text("PolicyDocument")
	for _, want := range []string{`"cloudfront.amazonaws.com"`, `"s3:GetObject"`, `"AWS:SourceArn"`,
		`"aws:SecureTransport":"false"`} {
		if !strings.Contains(policy, want) {
			t.Errorf("the bucket's policy has no %s: %s", want, policy)
		}
	}
	if block := a.one(t, e, "Twin/PageFiles").Text("PublicAccessBlockConfiguration"); strings.Count(block, "true") != 4 {
		t.Errorf("the bucket can be public: %s", block)
	}
	csp := a.one(t, e, "Twin/PageHeaders").Text("ResponseHeadersPolicyConfig", "SecurityHeadersConfig",
		"ContentSecurityPolicy", "ContentSecurityPolicy")
	if !strings.Contains(csp, "connect-src 'self' https://twin.example.com "+
		"https://${Twin/Users/Domain}.auth.eu-central-1.amazoncognito.com;") || strings.Contains(csp, "unsafe") ||
		strings.Contains(csp, "*") {
		t.Errorf("the policy is %s", csp)
	}
	client := a.one(t, e, "Twin/Users/PageClient")
	if got := client.Text("CallbackURLs"); !strings.Contains(got, "https://${Twin/Page.DomainName}/docs") ||
		client.Get("GenerateSecret") != false {
		t.Errorf("the client takes codes at %s", got)
	}
	if got := client.Text("AllowedOAuthScopes"); !strings.Contains(got, "operate") {
		t.Errorf("it may ask for %s", got)
	}
	if got := a.one(t, e, "Twin/PagePublished/Default").Text("Config"); !strings.Contains(got,
		`https://twin.example.com`) || !strings.Contains(got, "${Twin/Users/PageClient}") {
		t.Errorf("its config.json is %s", got)
	}
	for _, other := range environments {
		if len(a.In(other, "AWS::CloudFront::Distribution")) > 0 {
			t.Errorf("%s has a page that nobody asked for", other)
		}
	}
}

// Ensure that a page and an issuer of the operator's own are refused together.
func TestPage_Auth(t *testing.T) {
	_, err := synthesizeWith(t, `{"dev":{"page":{},"auth":{"issuer":"https://login.example.com","audience":["twin"]}}}`,
		nil)
	if err == nil || !strings.Contains(err.Error(), "page and auth exclude each other") {
		t.Error(err)
	}
}
