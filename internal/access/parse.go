package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/spelling"
)

// Known is what the names in a file may be. A nil list is not checked.
type Known struct {
	Clients  []string
	Datasets []string
}

// maxFile is the maximum size of a file in bytes: the query function reads it whenever it starts.
const maxFile = 1 << 20

// maxName is the maximum length of a name in bytes: the store refuses longer ones of components and metrics.
const maxName = 1024

// Parse compiles the text of the file called name: JSON, as docs/access.md has it. The error is a [diag.List] of all
// mistakes in the order of the text.
func Parse(name string, text []byte, known Known) (*Rules, error) {
	p := parser{source: diag.Source{Name: name, Text: string(text)}, known: known}
	if len(text) > maxFile {
		p.fail(0, 1, fmt.Sprintf("the file has %d bytes; the maximum is %d", len(text), maxFile), "")
		return nil, p.mistakes
	}
	root, pos, err := readDocument(p.source.Text)
	if err != nil {
		p.fail(pos, pos+1, err.Error(), "")
		return nil, p.mistakes
	}
	r := &Rules{Grants: p.file(root)}
	if len(p.mistakes) > 0 {
		slices.SortStableFunc(p.mistakes, func(a, b diag.Diagnostic) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		})
		return nil, p.mistakes
	}
	return r, nil
}

// parser makes grants of nodes and gathers what is wrong with them.
type parser struct {
	source   diag.Source
	known    Known
	mistakes diag.List

	line, counted int // newlines before a position of the text
}

// lineOf returns the line of a position that is not before that of the last call, from 1 on.
func (p *parser) lineOf(pos int) int {
	p.line += strings.Count(p.source.Text[p.counted:pos], "\n")
	p.counted = pos
	return p.line + 1
}

func (p *parser) fail(pos, end int, message, hint string) {
	p.mistakes = append(p.mistakes, p.source.At(pos, end, diag.Rejected, message, hint))
}

// wrong says what is wrong with a value.
func (p *parser) wrong(n *node, hint, format string, args ...any) {
	p.fail(n.pos, n.end, fmt.Sprintf(format, args...), hint)
}

// fields are the members of an object that it may have, each once.
type fields []member

// get returns the value of a key; nil without one.
func (f fields) get(key string) *node {
	for _, m := range f {
		if m.key.text == key {
			return m.value
		}
	}
	return nil
}

// object returns the members of an object; nil where it is none.
func (p *parser) object(n *node, what string, keys ...string) fields {
	if n.kind != "an object" {
		p.wrong(n, "", "%s is %s: want an object with %s", what, n.kind, list(keys))
		return nil
	}
	found := fields{}
	for i, m := range n.members {
		key := m.key.text
		switch {
		case !slices.Contains(keys, key):
			p.wrong(m.key, meant(key, keys), "%s has no key %q: it has %s", what, key, list(keys))
		case fields(n.members[:i]).get(key) != nil:
			p.wrong(m.key, "", "the key %q is there twice", key)
		case len(found) == i: // all were good so far: no copy is needed
			found = n.members[: i+1 : i+1]
		default:
			found = append(found, m)
		}
	}
	return found
}

// list returns words as a person enumerates them.
func list(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// meant returns a hint at the name that was meant, "" where none is near.
func meant(name string, names []string) string {
	if near := spelling.Nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

func (p *parser) file(n *node) []Grant {
	members := p.object(n, "the file", "grants")
	if members == nil {
		return nil
	}
	grants := members.get("grants")
	switch {
	case grants == nil && len(n.members) == 0:
		p.wrong(n, `[] lets nobody read anything`, `the file has no "grants"`)
		return nil
	case grants == nil:
		return nil
	case grants.kind != "an array":
		p.wrong(grants, "", "grants is %s: want an array of grants", grants.kind)
		return nil
	}
	var all []Grant
	for _, g := range grants.items {
		all = append(all, p.grant(g))
	}
	return all
}

func (p *parser) grant(n *node) Grant {
	g := Grant{Line: p.lineOf(n.pos)}
	members := p.object(n, "a grant", "who", "read", "operate", "note")
	if members == nil {
		return g
	}
	if who := members.get("who"); who != nil {
		g.Who = p.who(who)
	} else if !slices.ContainsFunc(n.members, func(m member) bool { return meant(m.key.text, []string{"who"}) != "" }) {
		p.fail(n.pos, n.pos+1, "the grant does not say who", `add "who": "client:NAME", "group:NAME", "subject:ID" or "*"`)
	}
	if note := members.get("note"); note != nil {
		if note.kind != "a string" {
			p.wrong(note, "", "note is %s: want a string", note.kind)
		}
		g.Note = note.text
	}
	if members.get("read") == nil && members.get("operate") == nil && len(members) == len(n.members) {
		p.fail(n.pos, n.pos+1, "the grant gives nothing", `add "read": {"datasets": ...} or "operate": {"datasets": ...}`)
	}
	if read := members.get("read"); read != nil {
		g.Read = p.read(read)
	}
	if operate := members.get("operate"); operate != nil {
		of := p.object(operate, "operate", "datasets")
		datasets := p.datasets(operate, of)
		g.Operate = &datasets
	}
	return g
}

func (p *parser) read(n *node) *Reading {
	of := p.object(n, "read", "datasets", "components", "metrics")
	return &Reading{
		Datasets:   p.datasets(n, of),
		Components: p.names(of.get("components"), "components", nil),
		Metrics:    p.names(of.get("metrics"), "metrics", nil),
	}
}

// datasets reads the member that must be there.
func (p *parser) datasets(n *node, of fields) Names {
	if of != nil && of.get("datasets") == nil && len(of) == len(n.members) {
		p.fail(n.pos, n.pos+1, "it does not say which datasets", `add "datasets": "*" for all of them`)
	}
	return p.names(of.get("datasets"), "datasets", p.dataset)
}

// names reads a name or an array of names; without one it is all names. check finds what is wrong with one of them.
func (p *parser) names(n *node, what string, check func(*node)) Names {
	if n == nil {
		return allNames
	}
	var patterns []string
	for _, s := range p.strings(n, what) {
		if star := strings.IndexByte(s.text, '*'); star >= 0 && star < len(s.text)-1 {
			p.wrong(s, fmt.Sprintf("%q is all that begin so", s.text[:star+1]), "a * stands at the end of a name only")
			continue
		}
		if check != nil {
			check(s)
		}
		patterns = append(patterns, s.text)
	}
	return newNames(patterns)
}

// strings reads a string or an array of strings, none of them empty or there twice.
func (p *parser) strings(n *node, what string) []*node {
	items := n.items
	if n.kind == "a string" {
		items = []*node{n}
	} else if n.kind != "an array" || len(items) == 0 {
		kind := n.kind
		if n.kind == "an array" {
			kind = "an empty array"
		}
		p.wrong(n, "", "%s is %s: want a string or an array of strings", what, kind)
		return nil
	}
	var good []*node
	for _, s := range items {
		switch {
		case s.kind != "a string":
			p.wrong(s, "", "%s has %s in it: want strings", what, s.kind)
		case s.text == "":
			p.wrong(s, "", "%s has an empty name in it", what)
		case len(s.text) > maxName:
			p.wrong(s, "", "a name is longer than %d bytes", maxName)
		case strings.ContainsRune(s.text, '\uFFFD'):
			p.wrong(s, "", "a name holds U+FFFD, which stands for a character that was lost")
		case slices.ContainsFunc(good, func(o *node) bool { return o.text == s.text }):
			p.wrong(s, "", "%q is there twice", s.text)
		default:
			good = append(good, s)
		}
	}
	return good
}

// dataset finds a dataset that there is not.
func (p *parser) dataset(s *node) {
	known := p.known.Datasets
	prefix, star := strings.CutSuffix(s.text, "*")
	switch {
	case known == nil || prefix == "":
	case star && !slices.ContainsFunc(known, func(d string) bool { return strings.HasPrefix(d, prefix) }):
		p.wrong(s, thereAre(prefix, known), "no dataset begins with %q", prefix)
	case !star && !slices.Contains(known, s.text):
		p.wrong(s, thereAre(s.text, known), "there is no dataset %q", s.text)
	}
}

// thereAre returns a hint at what there is.
func thereAre(name string, names []string) string {
	if near := meant(name, names); near != "" {
		return near
	}
	if len(names) == 0 {
		return "there are none"
	}
	return "there are " + list(names)
}

func (p *parser) who(n *node) []Principal {
	var who []Principal
	for _, s := range p.strings(n, "who") {
		principal, message, hint := ParsePrincipal(s.text)
		switch {
		case message != "":
			p.wrong(s, hint, "%s", message)
			continue
		case principal.Kind == Client && p.known.Clients != nil && !slices.Contains(p.known.Clients, principal.Name):
			p.wrong(s, thereAre(principal.Name, p.known.Clients), "there is no client %q", principal.Name)
		}
		who = append(who, principal)
	}
	return who
}

// ParsePrincipal reads a principal as a file has it. The message is "" where that is one; otherwise it says what is
// wrong, and the hint what to write.
func ParsePrincipal(s string) (p Principal, message, hint string) {
	const forms = `write "client:NAME", "group:NAME", "subject:ID" or "*"`
	if s == string(Anybody) {
		return Principal{Kind: Anybody}, "", ""
	}
	kind, name, colon := strings.Cut(s, ":")
	kinds := []string{string(Client), string(Group), string(Subject)}
	switch {
	case colon && name == "":
		return p, fmt.Sprintf("%q has no name after the colon", s), forms
	case colon && slices.Contains(kinds, kind):
		return Principal{Kind: Kind(kind), Name: name}, "", ""
	case spelling.Nearest(kind, kinds) != "":
		return p, fmt.Sprintf("%q is nobody", s), "did you mean " + spelling.Nearest(kind, kinds) + ":" + name + "?"
	}
	return p, fmt.Sprintf("%q is nobody", s), forms
}

// Open is the text of a file that lets everybody with the scope for it read and operate everything, as without a file.
const Open = `{"grants": [{"who": "*", "read": {"datasets": "*"}, "operate": {"datasets": "*"}}]}
`
