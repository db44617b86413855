package operate

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/spelling"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// maxSQL is the greatest length of an extractor to test, in bytes. It is kept with its run.
const maxSQL = 64 << 10

// members says which members of a request a kind of run has.
var members = map[Kind][]string{
	Forget:  {"component", "prefix"},
	Replay:  {"dataset", "from", "to", "reason", "column", "like", "limit", "rate", "sql"},
	Drop:    {"dataset", "from", "to", "reason", "column", "like", "limit"},
	Rebuild: {"dataset", "from", "to", "rate"},
	Pause:   {"dataset"},
	Resume:  {"dataset"},
}

// check says what is wrong with a request, whoever makes it. It fills in what was left out.
func (r *Request) check(now twin.Millis) *problem.Problem {
	if !slices.Contains(Kinds, r.Kind) {
		return invalid("kind", Kinds, "There is no kind of run %s.%s", quoted(string(r.Kind)), meant(string(r.Kind), Kinds))
	}
	if p := r.checkMembers(); p != nil {
		return p
	}
	if r.Kind == Forget {
		return r.checkTarget()
	}
	if r.Dataset == "" {
		return problem.InvalidBody.New("Name the dataset.").About("dataset")
	}
	if p := r.checkTimes(now); p != nil {
		return p
	}
	switch {
	case r.Reason != "" && !slices.Contains(twin.Reasons, r.Reason):
		return invalid("reason", twin.Reasons, "There is no reason %s.%s", quoted(string(r.Reason)),
			meant(string(r.Reason), twin.Reasons))
	case len(r.Column) > twin.MaxProblemText:
		return problem.InvalidBody.New("A column has at most %d bytes.", twin.MaxProblemText).About("column")
	case len(r.Like) > twin.MaxProblemText:
		return problem.InvalidBody.New("like has at most %d bytes.", twin.MaxProblemText).About("like")
	case r.Limit < 0:
		return problem.InvalidBody.New("limit is %d; it must not be negative. 0 is all.", r.Limit).About("limit")
	case r.Rate < 0 || r.Rate > MaxRate:
		return problem.InvalidBody.New("rate is %d; it must be from 1 to %d records a second, or 0 for %d.", r.Rate, MaxRate,
			DefaultRate).About("rate")
	case r.SQL != "" && !r.Dry():
		return problem.InvalidBody.New("An extractor can be tested, not deployed: sql is for a dry run.").About("sql")
	case len(r.SQL) > maxSQL:
		return problem.InvalidBody.New("The SQL has %d bytes; the maximum is %d.", len(r.SQL), maxSQL).About("sql")
	}
	if r.Rate == 0 && slices.Contains(members[r.Kind], "rate") {
		r.Rate = DefaultRate
	}
	return nil
}

// checkMembers refuses what the kind does not have: what is ignored is meant otherwise.
func (r *Request) checkMembers() *problem.Problem {
	for _, m := range []struct {
		name  string
		given bool
	}{
		{"component", r.Component != ""}, {"prefix", r.Prefix != ""}, {"dataset", r.Dataset != ""},
		{"from", r.From != nil}, {"to", r.To != nil}, {"reason", r.Reason != ""}, {"column", r.Column != ""},
		{"like", r.Like != ""}, {"limit", r.Limit != 0}, {"rate", r.Rate != 0}, {"sql", r.SQL != ""},
	} {
		if m.given && !slices.Contains(members[r.Kind], m.name) {
			return problem.InvalidBody.New("A run of the kind %s has no %s. It has %s.", r.Kind, m.name,
				strings.Join(members[r.Kind], ", ")).About(m.name)
		}
	}
	return nil
}

// checkTarget checks what a forget is for. An empty prefix would be everything.
func (r *Request) checkTarget() *problem.Problem {
	switch {
	case r.Component != "" && r.Prefix != "":
		return problem.InvalidBody.New("Give component or prefix, not both.").About("prefix")
	case r.Component != "":
		if _, flaw := twin.CheckComponent(r.Component); flaw != "" {
			return problem.InvalidBody.New("No component can be called so: %s.", flaw).About("component")
		}
	case r.Prefix == "":
		return problem.InvalidBody.New("Name a component, or a prefix that is not empty: an empty one would be every " +
			"component.").About("prefix")
	case len(r.Prefix) > twin.MaxComponent || !utf8.ValidString(r.Prefix):
		return problem.InvalidBody.New("A prefix is valid UTF-8 of at most %d bytes.", twin.MaxComponent).About("prefix")
	}
	return nil
}

func (r *Request) checkTimes(now twin.Millis) *problem.Problem {
	for name, t := range map[string]*twin.Millis{"from": r.From, "to": r.To} {
		if t != nil && !t.InRange() {
			return problem.InvalidBody.New("%s is %s.", name, t.OutOfRange()).About(name)
		}
	}
	switch {
	case r.Kind == Rebuild && r.From == nil:
		return problem.InvalidBody.New("Say from when on the source is to be read again.").About("from")
	case r.Kind == Drop && r.To == nil:
		return problem.InvalidBody.New("Say before which time rejects are to be dropped.").About("to")
	case r.From != nil && *r.From > now:
		return problem.InvalidBody.New("from is %s, which is yet to come: it is %s.", r.From, now).About("from")
	case r.From != nil && r.To != nil && *r.From >= *r.To:
		return problem.InvalidBody.New("from is %s, which is not before %s.", r.From, r.To).About("from")
	}
	if (r.To == nil || *r.To > now) && slices.Contains(members[r.Kind], "to") {
		r.To = &now
	}
	return nil
}

// window is from when on and until before when something must have arrived.
func (r *Request) window() (from, to twin.Millis) {
	from, to = twin.MinMillis, twin.MaxMillis
	if r.From != nil {
		from = *r.From
	}
	if r.To != nil {
		to = *r.To
	}
	return from, to
}

func invalid[T ~string](name string, allowed []T, format string, args ...any) *problem.Problem {
	return problem.InvalidBody.New(format, args...).About(name, strings.Fields(strings.Trim(fmt.Sprint(allowed), "[]"))...)
}

// meant returns " Did you mean NAME?" where a name is like one of those.
func meant[T ~string](name string, names []T) string {
	var all []string
	for _, n := range names {
		all = append(all, string(n))
	}
	if near := spelling.Nearest(name, all); near != "" {
		return " Did you mean " + near + "?"
	}
	return ""
}

// quoted quotes the head of what a caller has sent.
func quoted(s string) string {
	const most = 60
	if len(s) > most {
		return fmt.Sprintf("%q...", s[:most])
	}
	return fmt.Sprintf("%q", s)
}
