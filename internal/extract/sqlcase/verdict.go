package sqlcase

import (
	"fmt"
	"regexp"
	"strings"
)

// Verdict is a case of whole statements that not both engines run.
type Verdict struct {
	File    string
	Line    int
	Verdict string // "needs Flink" or "rejected"
	Message string // a part of the diagnostic
	SQL     string // head and statements
}

// String returns file:line.
func (v Verdict) String() string { return fmt.Sprintf("%s:%d", v.File, v.Line) }

var heading = regexp.MustCompile(`^-- (needs Flink|rejected): (.*)$`)

// ParseVerdicts reads a file of verdicts: what follows the line "-- head" goes before the statements of every case,
// which begins with a line "-- needs Flink: message" or "-- rejected: message". What needs Flink, Flink runs; what is
// rejected, Flink refuses too.
func ParseVerdicts(name, text string) []Verdict {
	var out []Verdict
	var head strings.Builder
	begun := false
	for i, l := range strings.Split(text, "\n") {
		m := heading.FindStringSubmatch(l)
		switch {
		case l == "-- head":
			begun = true
		case m != nil:
			out = append(out, Verdict{File: name, Line: i + 1, Verdict: m[1], Message: m[2], SQL: head.String()})
		case len(out) > 0:
			out[len(out)-1].SQL += l + "\n"
		case begun:
			head.WriteString(l + "\n")
		}
	}
	return out
}
