package jvm

import (
	"fmt"
	"regexp"
	"strings"
)

// BuildError says that Maven failed. Its text has the first error.
type BuildError struct {
	Project string
	Output  []byte // all that Maven said
	Err     error  // how it ended
}

func (e *BuildError) Error() string {
	return fmt.Sprintf("Maven cannot build %s: %s", e.Project, FirstError(e.Output, e.Err))
}

func (e *BuildError) Unwrap() error { return e.Err }

// unfetched is what Maven says where it cannot fetch an artifact, or finds a Java without a compiler.
var unfetched = regexp.MustCompile(`(?i)could not be resolved|could not (resolve|transfer)|unknown host|cannot access .* in offline mode|no compiler is provided`)

// Is makes a build that failed because something could not be fetched an [ErrUnavailable].
func (e *BuildError) Is(target error) bool {
	return target == ErrUnavailable && unfetched.MatchString(FirstError(e.Output, e.Err))
}

// colours are what Maven puts around its words on a terminal, and sometimes elsewhere.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// FirstError returns the first line of what Maven said that is an error: the others explain how to see more of
// it. Where there is none it is the text of otherwise.
func FirstError(output []byte, otherwise error) string {
	for line := range strings.Lines(colours.ReplaceAllString(string(output), "")) {
		if text, ok := strings.CutPrefix(line, "[ERROR] "); ok {
			return strings.TrimSpace(text)
		}
	}
	return otherwise.Error()
}
