package jvm

import (
	"errors"
	"testing"
)

// Ensure that the first error is told, without colours, and how Maven ended where it said nothing.
func TestBuildError(t *testing.T) {
	ended := errors.New("exit status 1")
	for output, want := range map[string]string{
		"\x1b[0m\x1b[0m[\x1b[1;31mERROR\x1b[m] No plugin found -> [Help 1]\n[ERROR] \n" +
			"[ERROR] re-run Maven\n": "Maven cannot build a: No plugin found -> [Help 1]",
		"Killed\n": "Maven cannot build a: exit status 1",
	} {
		if got := (&BuildError{Project: "a", Output: []byte(output), Err: ended}).Error(); got != want {
			t.Errorf("%q\nwant %q", got, want)
		}
	}
}

// Ensure that what Maven cannot fetch is told from a mistake in the sources.
func TestBuildError_Unavailable(t *testing.T) {
	for output, want := range map[string]bool{
		"[ERROR] Plugin org.apache.maven.plugins:maven-resources-plugin:3.3.1 or one of its dependencies could not be " +
			"resolved: x": true,
		"[ERROR] Failed to execute goal on project flink-oracle: Could not resolve dependencies for project x: Cannot " +
			"access y": true,
		"[ERROR] No compiler is provided in this environment. Perhaps you are running on a JRE rather than a JDK?": true,
		"[ERROR] COMPILATION ERROR :": false,
		"[ERROR] There are test failures.\n[ERROR] Could not resolve dependencies": false,
	} {
		err := error(&BuildError{Project: "a", Output: []byte(output), Err: errors.New("exit status 1")})
		if got := errors.Is(err, ErrUnavailable); got != want {
			t.Errorf("%s: %v", output, got)
		}
	}
}
