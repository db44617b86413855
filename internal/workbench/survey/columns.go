package survey

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// columns gathers the values that did not fit their columns.
type columns struct {
	tables []extract.Table
	of     map[string]*misfit
	order  []*misfit
}

// misfit is the values of one column that did not fit.
type misfit struct {
	group
	column, detail string
	last           string // record that was counted
}

var index = regexp.MustCompile(`\[\d+\]|\['[^']*'\]`)

func (c *columns) add(r *Record) {
	for i := range r.Problems {
		p := &r.Problems[i]
		if p.Reason != twin.Unreadable || p.Column == "" {
			continue
		}
		name := index.ReplaceAllString(p.Column, "[]")
		m := c.of[name]
		if m == nil {
			if c.of == nil {
				c.of = map[string]*misfit{}
			}
			m = &misfit{column: name, detail: p.Detail}
			c.of[name], c.order = m, append(c.order, m)
		}
		if m.last != r.Name {
			m.last = r.Name
			m.add(r)
		}
	}
}

func (c *columns) findings() (all []Finding) {
	for i, m := range c.order {
		if i == maxListed {
			return append(all, Finding{Unreadable, fmt.Sprintf("%s more do not fit their values either",
				count(len(c.order)-i, "column")), ""})
		}
		kind := Unreadable
		cure := c.cure(m)
		if strings.Contains(m.detail, " where ") { // a JSON array where DOUBLE is declared
			kind = Shapes
		}
		all = append(all, Finding{kind, fmt.Sprintf("%s does not fit in %s, first %s: %s", m.column, count(m.n, "record"),
			m.first, m.detail), cure})
	}
	return all
}

var offsetTime = regexp.MustCompile(`^"(\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?)([.,]\d+)?( ?[+-]\d\d:?\d*|Z)?"? ?(\.\.)? does not fit TIMESTAMP`)

// cure says how the values of a column are read.
func (c *columns) cure(m *misfit) string {
	name := syntax.Quote(m.column[strings.LastIndexByte(m.column, '.')+1:])
	if found := offsetTime.FindStringSubmatch(m.detail); found != nil {
		pattern := "yyyy-MM-dd''T''HH:mm"
		if found[2] != "" {
			pattern += ":ss"
		}
		if n := len(found[3]) - 1; n > 0 {
			pattern += "." + strings.Repeat("S", min(n, 9))
		}
		if found[4] == "" {
			return fmt.Sprintf("declare %s STRING, and write TO_TIMESTAMP_LTZ(%[1]s, '%s', 'UTC'), with the zone of its times",
				name, pattern)
		}
		return fmt.Sprintf("declare %s STRING, and write "+
			"TO_TIMESTAMP_LTZ(REGEXP_REPLACE(%[1]s, ' *(Z|[+-][0-9:]+)$', ''), '%s', "+
			"REGEXP_EXTRACT(%[1]s, '(Z|[+-][0-9:]+)$', 1))", name, pattern)
	}
	switch {
	case strings.Contains(m.detail, " where "):
		return fmt.Sprintf("declare a second table, in which %s has this type too; or %[1]s STRING, and read it with "+
			"JSON_VALUE", name)
	case c.declared(m.column, types.Double) || c.declared(m.column, types.Int) || c.declared(m.column, types.BigInt):
		return fmt.Sprintf("where it stands for an unknown value, declare %s STRING, and write TRY_CAST(%[1]s AS DOUBLE)",
			name)
	case c.declared(m.column, types.TimestampLTZ) || c.declared(m.column, types.Timestamp):
		return fmt.Sprintf("declare %s STRING, and write TO_TIMESTAMP_LTZ(%[1]s, 'pattern', 'zone'); a number BIGINT, and "+
			"TO_TIMESTAMP_LTZ(%[1]s, 0)", name)
	}
	return ""
}

// declared reports whether the column at a path has a type in one of the tables.
func (c *columns) declared(path string, kind types.Kind) bool {
	for _, t := range c.tables {
		fields := t.Columns
		var at *types.Type
		for name := range strings.SplitSeq(path, ".") {
			name = strings.TrimRight(name, "[]")
			at = nil
			for _, f := range fields {
				if f.Name == name {
					at = f.Type
				}
			}
			for at != nil && (at.Kind == types.Array || at.Kind == types.Map) {
				at = at.Elem
			}
			if at == nil {
				break
			}
			fields = at.Fields
		}
		if at != nil && at.Kind == kind {
			return true
		}
	}
	return false
}

// drops counts rows by the column that is NULL.
type drops struct {
	rows, changes int
	first         string
	by            map[extract.Column]int
}

func (d *drops) add(r *Record) {
	d.changes += r.Changes
	n := r.Dropped.Total()
	if d.rows == 0 && n > 0 {
		d.first, d.by = r.Name, map[extract.Column]int{}
	}
	d.rows += n
	for column, rows := range r.Dropped.By {
		d.by[column] += rows
	}
}

// findings names a column that no row has. (A value is NULL on purpose in many.)
func (d *drops) findings() (all []Finding) {
	if d.changes > 0 {
		return nil
	}
	for _, column := range []extract.Column{extract.NullComponent, extract.NullMetric, extract.NullEventTime,
		extract.NullValue} {
		if n := d.by[column]; n > 0 && 2*n >= d.rows {
			cure := "look at its expression: what it is made of is in no record, or is NULL"
			if column == extract.NullEventTime {
				cure = "TO_TIMESTAMP_LTZ gives NULL for a text that does not fit its pattern; a column TIMESTAMP_LTZ(3) for one " +
					"without Z"
			}
			all = append(all, Finding{AllDropped, fmt.Sprintf("%d of %s dropped because %s is NULL, first %s", n, rows(d.rows),
				column, d.first), cure})
		}
	}
	return all
}

func rows(n int) string {
	if n == 1 {
		return "1 row was"
	}
	return fmt.Sprintf("%d rows were", n)
}
