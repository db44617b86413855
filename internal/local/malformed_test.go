package local

import "testing"

// Ensure that only whole answers of the server of the standard library are taken for such.
func TestProblemFor(t *testing.T) {
	const headers = "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
	for text, want := range map[string]bool{
		"HTTP/1.1 400 Bad Request" + headers + "400 Bad Request": true,
		"HTTP/1.1 400 Bad Request" + headers:                     true,
		"HTTP/1.1 4" + headers:                                   false,
		"HTTP/1.1 " + headers:                                    false,
		"HTTP/1.1 four" + headers:                                false,
		headers:                                                  false,
		"HTTP/1.1 400 Bad Request\r\nDate: x" + headers:          false,
		"HTTP/1.1 400 Bad Request\r\n":                           false,
		"":                                                       false,
	} {
		if got := problemFor([]byte(text)) != nil; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
