package local

import (
	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/spelling"
)

// refuse returns a problem; allowed are the values that are allowed in the place of the wrong one.
func refuse(status int, title, detail string, allowed ...string) *problem.Problem {
	return &problem.Problem{Status: status, Title: title, Detail: detail, Allowed: allowed}
}

// meant returns " Did you mean NAME?" where a name is like one of those.
func meant(name string, names []string) string {
	if near := spelling.Nearest(name, names); near != "" {
		return " Did you mean " + near + "?"
	}
	return ""
}
