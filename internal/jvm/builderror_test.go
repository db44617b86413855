package jvm

import (
	"errors"
	"testing"
)

// Ensure that the first error is told, without colours, and how Maven ended where it said nothing.
func TestBuildError(t *testing.T) {
	ended := errors.New("exit status 1")
	for output, want := range map[string]string{
		"\x1b[0m\x1b[0m[\x1b[1;31mERROR\x1b[m] No plugin found -> [Help 1]\n[ERROR] \n[ERROR] re-run Maven\n": "Maven cannot build a: No plugin found -> [Help 1]",
		"Killed\n": "Maven cannot build a: exit status 1",
	} {
		if got := (&BuildError{Project: "a", Output: []byte(output), Err: ended}).Error(); got != want {
			t.Errorf("%q\nwant %q", got, want)
		}
	}
}
