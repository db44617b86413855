// Package jsonfunc reads within JSON texts as JSON_VALUE, JSON_QUERY and JSON_EXISTS of Flink 2.2 do.
//
// A [Path] is a definite path, compiled once. [Path.Read] finds a [Result] in a text; the three functions
// differ in what they make of it. Numbers keep their digits, keys are sorted where an object becomes
// text, of equal keys the last counts, and what stands behind the first JSON value is not looked at.
package jsonfunc

import (
	"fmt"
	"strconv"
	"strings"
)

// Path is a compiled path: [lax | strict] $ { .name | ['name'] | [n] }.
type Path struct {
	Lax   bool // what is not there is empty, not an error
	steps []step
}

// step is a member or, where name is nil, an element; a negative one counts from the end.
type step struct {
	name  *string
	index int
}

// Compile reads a path. The error says what is not supported.
func Compile(text string) (*Path, error) {
	p := &Path{}
	rest := strings.TrimLeft(text, " \t\n")
	for _, mode := range []string{"lax", "strict"} {
		if len(rest) > len(mode) && strings.EqualFold(rest[:len(mode)], mode) && strings.ContainsRune(" \t\n", rune(rest[len(mode)])) {
			p.Lax = mode == "lax"
			rest = strings.TrimLeft(rest[len(mode):], " \t\n")
			break
		}
	}
	if !strings.HasPrefix(rest, "$") {
		return nil, fmt.Errorf("a path begins with $: '$.name', not '%s'", text)
	}
	for rest = rest[1:]; rest != ""; {
		s, n, err := readStep(rest)
		if err != nil {
			return nil, fmt.Errorf("%w in the path '%s'; a path is $ with .name, ['name'] or [0] behind it", err, text)
		}
		p.steps = append(p.steps, s)
		rest = rest[n:]
	}
	return p, nil
}

// readStep reads the step that rest begins with, and says how many bytes it takes.
func readStep(rest string) (step, int, error) {
	if strings.HasPrefix(rest, "['") {
		end := strings.Index(rest, "']")
		if end < 0 {
			return step{}, 0, fmt.Errorf("a [' that is never closed")
		}
		name := rest[2:end]
		if name == "" || strings.ContainsAny(name, `'\,`) {
			return step{}, 0, fmt.Errorf("an unsupported name %q", name)
		}
		return step{name: &name}, end + 2, nil
	}
	if strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return step{}, 0, fmt.Errorf("a [ that is never closed")
		}
		n, err := strconv.Atoi(rest[1:end])
		if err != nil {
			return step{}, 0, fmt.Errorf("an unsupported %s", rest[:end+1])
		}
		return step{index: n}, end + 1, nil
	}
	if !strings.HasPrefix(rest, ".") {
		return step{}, 0, fmt.Errorf("an unexpected %q", rest)
	}
	end := 1
	for end < len(rest) && !strings.ContainsRune(".[(*?@ '\"", rune(rest[end])) {
		end++
	}
	if end == 1 || end < len(rest) && rest[end] != '.' && rest[end] != '[' {
		return step{}, 0, fmt.Errorf("an unsupported %q", rest)
	}
	name := rest[1:end]
	return step{name: &name}, end, nil
}
