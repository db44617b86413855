package jsonfunc

import (
	"fmt"
	"strconv"
	"strings"
)

// Path is a compiled path: [lax | strict] $ { .name | ['name'] | [n] | [*] }. It is immutable.
type Path struct {
	Lax      bool // what is not there is empty, not an error
	Never    bool // it is always an error: Flink finds nothing with a blank before the $
	definite bool // without [*]: it finds one value, not a list
	steps    []step
}

// step is a member, an element, which counts from the end if negative, or all of them.
type step struct {
	kind  stepKind
	name  string
	index int
}

type stepKind uint8

const (
	member stepKind = iota
	element
	every
)

const shape = "a path is $ with .name, ['name'] or [0] after it"

// Compile reads a definite path. The error says what is not supported.
func Compile(text string) (*Path, error) {
	p, err := CompileQuery(text)
	if err == nil && !p.definite {
		return nil, fmt.Errorf("[*] finds a list, never a scalar, in the path '%s'; JSON_QUERY takes it", text)
	}
	return p, err
}

// CompileQuery reads a path of JSON_QUERY, which may have [*].
func CompileQuery(text string) (*Path, error) {
	p := &Path{definite: true}
	rest := strings.TrimLeft(text, blanks)
	p.Never = len(rest) < len(text)
	for _, mode := range []string{"lax", "strict"} {
		if len(rest) > len(mode) && strings.EqualFold(rest[:len(mode)], mode) &&
			strings.IndexByte(blanks, rest[len(mode)]) >= 0 {
			p.Lax, p.Never = mode == "lax", false
			rest = strings.TrimLeft(rest[len(mode):], blanks)
			break
		}
	}
	if !strings.HasPrefix(rest, "$") {
		return nil, fmt.Errorf("a path begins with $: '$.name', not '%s'", text)
	}
	rest = strings.TrimRight(rest, " ")
	for rest = rest[1:]; rest != ""; {
		s, n, err := readStep(rest)
		if err != nil {
			return nil, fmt.Errorf("%w in the path '%s'; %s", err, text, shape)
		}
		p.steps = append(p.steps, s)
		p.definite = p.definite && s.kind != every
		rest = rest[n:]
	}
	return p, nil
}

const blanks = " \t\n\r"

// readStep reads the step that rest begins with, and says how many bytes it takes.
func readStep(rest string) (step, int, error) {
	switch {
	case strings.HasPrefix(rest, "[*]"):
		return step{kind: every}, 3, nil
	case strings.HasPrefix(rest, "['"), strings.HasPrefix(rest, `["`):
		n := strings.IndexByte(rest[2:], rest[1]) + 2
		if n < 2 || !strings.HasPrefix(rest[n+1:], "]") {
			return step{}, 0, fmt.Errorf("a name that does not end with %c]", rest[1])
		}
		if name := rest[2:n]; strings.ContainsAny(name, `\'"`) {
			return step{}, 0, fmt.Errorf("an unsupported name %q", name)
		}
		return step{kind: member, name: rest[2:n]}, n + 2, nil
	case rest[0] == '[':
		n := strings.IndexByte(rest, ']')
		if n < 0 {
			return step{}, 0, fmt.Errorf("a [ that is never closed")
		}
		digits := strings.TrimPrefix(rest[1:n], "-")
		index, err := strconv.Atoi(rest[1:n])
		if err != nil || strings.Trim(digits, "0123456789") != "" || len(digits) > 9 {
			return step{}, 0, fmt.Errorf("an unsupported %s", rest[:n+1])
		}
		return step{kind: element, index: index}, n + 1, nil
	case rest[0] == '.':
		n := strings.IndexAny(rest[1:], ".[( \t\n\r'\"\\") + 1
		if n == 0 {
			n = len(rest)
		}
		if n == 1 || rest[1] == '*' || n < len(rest) && rest[n] != '.' && rest[n] != '[' {
			return step{}, 0, fmt.Errorf("an unsupported %q", rest)
		}
		return step{kind: member, name: rest[1:n]}, n, nil
	}
	return step{}, 0, fmt.Errorf("an unexpected %q", rest)
}
