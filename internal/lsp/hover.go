package lsp

import (
	"fmt"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/extract/check"
	"github.com/railtwin/digitaltwin/internal/extract/function"
)

// word returns the letters, digits and underscores around a byte.
func (d *document) word(at int) (from, to int) {
	in := func(c byte) bool {
		return c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0x80
	}
	from, to = at, at
	for from > 0 && in(d.text[from-1]) {
		from--
	}
	for to < len(d.text) && in(d.text[to]) {
		to++
	}
	return from, to
}

// note returns what the name at a byte is; the last note counts, which is of the last branch.
func (d *document) note(at int) (n check.Note, ok bool) {
	for _, x := range d.Notes.Names {
		if x.Pos <= at && at <= x.End && x.Pos < x.End {
			n, ok = x, true
		}
	}
	return n, ok
}

// hover returns what is told of the name at a byte: its type, what a function does, what a setting means. It is nil
// where there is nothing to tell.
func (d *document) hover(at int) any {
	text := ""
	from, to := d.word(at)
	if n, ok := d.note(at); ok {
		from, to = n.Pos, n.End
		text = "```sql\n" + n.Name
		if n.Type != nil {
			text += " " + n.Type.String()
		}
		text += "\n```\n" + n.What
	} else if key, start, end := d.setting(at); key != "" {
		from, to, text = start, end, docOfSetting(key)
	} else if from < to {
		text = docOfFunction(strings.ToUpper(d.text[from:to]))
	}
	if text == "" {
		return nil
	}
	return map[string]any{"contents": map[string]string{"kind": "markdown", "value": text}, "range": d.span(from, to)}
}

// docOfFunction tells what a function does, or why it is not taken; "" where there is none of this name.
func docOfFunction(name string) string {
	if f := function.Lookup(name); f != nil {
		text := fmt.Sprintf("```sql\n%s\n```\n%s", f.Signature.String(), f.Doc)
		if f.Example != "" {
			text += fmt.Sprintf("\n\n```sql\n%s = %s\n```", f.Example, f.Gives)
		}
		return text
	}
	for _, f := range function.AllForeign() {
		if f.Name == name {
			return strings.TrimSpace(fmt.Sprintf("```sql\n%s\n```\nneeds Flink. %s", f.Signature.String(), f.Hint))
		}
	}
	if r, ok := function.Refused(name, -1); ok {
		return r.Reason + ". " + r.Hint
	}
	return ""
}

// setting returns the key of SET '..' at a byte, and where it stands; "" where there is none.
func (d *document) setting(at int) (key string, from, to int) {
	line := strings.LastIndexByte(d.text[:at], '\n') + 1
	open := strings.LastIndexByte(d.text[line:at], '\'') + line
	if open < line || !strings.EqualFold(strings.TrimSpace(d.text[line:open]), "SET") {
		return "", 0, 0
	}
	end := open + 1
	for end < len(d.text) && d.text[end] != '\'' && d.text[end] != '\n' {
		end++
	}
	return d.text[open+1 : end], open + 1, end
}

func docOfSetting(key string) string {
	for _, s := range extract.Settings {
		if prefix, ok := strings.CutSuffix(s.Key, "<metric>"); s.Key == key || ok && strings.HasPrefix(key, prefix) {
			return "`" + s.Key + "`: " + s.Doc
		}
	}
	return ""
}

// definition returns where the name at a byte is declared, nil where it is not declared in this file.
func (d *document) definition(at int) any {
	n, ok := d.note(at)
	if !ok || n.Def.Pos == n.Def.End {
		return nil
	}
	return location{d.uri, d.span(n.Def.Pos, n.Def.End)}
}
