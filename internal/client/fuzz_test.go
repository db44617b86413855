package client

import (
	"strings"
	"testing"
)

// FuzzParseBase looks for a URL that is read in another way when it is read again, or that leads elsewhere than it
// says.
func FuzzParseBase(f *testing.F) {
	for _, text := range []string{"http://127.0.0.1:8080/v1", "HTTPS://Twin.Example.com:443//v1//",
		"https://[::1%25en0]:1/a%2Fb", "http://a:80:80", "https://a/%zz", "http://a/v1/v1", "https://:443", "http://a\\@b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := ParseBase(text)
		if err != nil {
			return
		}
		again, err := ParseBase(u.String())
		if err != nil || again.String() != u.String() && !strings.HasSuffix(u.EscapedPath(), "/v1") {
			t.Errorf("%q is %q, and that is %v %v", text, u, again, err)
		}
		if u.Host == "" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			t.Errorf("%q is %q", text, u)
		}
	})
}
