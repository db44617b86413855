package infer

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// typing is how a scalar is declared and delivered.
type typing struct {
	declared string // the type of the column
	expr     string // of the value, where %s is the column; it has the type that JSON_STRING shall write
	number   bool
	unit     string
}

// typeOf decides how a field is declared and delivered. unit is "" where nothing tells one.
func (s *scope) typeOf(f *field, unit string) typing {
	texts := s.texts(f)
	if f.node == nil || f.segment > 0 {
		return typing{declared: "STRING", expr: "%s"}
	}
	c := f.node.count
	numbers, strs := c[sample.Number] > 0, c[sample.String] > 0
	switch {
	case s.textual(f.level):
		return s.typeOfText(f, texts, unit)
	case c[sample.Bool] > 0 && !numbers && !strs:
		return typing{declared: "BOOLEAN", expr: "%s"}
	case c[sample.Bool] > 0:
		return typing{declared: "STRING", expr: "%s"}
	case numbers && (!strs || len(texts) > 0 && allNumbers(texts)), strs && !numbers && measured(texts, unit):
		return numeric(f.node, texts, unit)
	}
	return typing{declared: "STRING", expr: marked("%s", texts, c[sample.String] > len(texts) || hasEmpty(s, f))}
}

// numeric declares a number: whole numbers stay exact, and what has a physical unit may have a fraction in the next
// record.
func numeric(n *node, texts []string, unit string) typing {
	t := typing{declared: "DOUBLE", expr: "%s", number: true, unit: unit}
	whole := !slices.ContainsFunc(texts, func(t string) bool { return strings.ContainsAny(t, ".eE") })
	if whole && n.most < math.MaxInt64 && !physical(unit) {
		t.declared = "BIGINT"
	}
	if text, ok := sentinel(texts); ok {
		if t.declared == "DOUBLE" {
			text += "e0"
		}
		t.expr = "NULLIF(%s, " + text + ")"
	}
	return t
}

// typeOfText decides by the texts of a column of CSV.
func (s *scope) typeOfText(f *field, texts []string, unit string) typing {
	t := typing{declared: "STRING", expr: marked("%s", texts, false)}
	if len(texts) == 0 {
		return t
	}
	name := f.name()
	comma := func(x string) string { return strings.Replace(x, ",", ".", 1) }
	commas := make([]string, len(texts))
	for i, x := range texts {
		commas[i] = comma(x)
	}
	plain := withoutMarkers(texts)
	switch form := s.form(f); {
	case form.kind == dateOnly && form.pattern != "yyyy-MM-dd":
		t.expr = "DATE_FORMAT(TO_TIMESTAMP(%s, '" + form.pattern + "'), 'yyyy-MM-dd')"
	case form.kind != notTime:
	case all(plain, func(x string) bool { l := strings.ToLower(x); return l == "true" || l == "false" }):
		t.expr = "TRY_CAST(%s AS BOOLEAN)"
	case code(name) || slices.ContainsFunc(plain,
		func(x string) bool { return len(x) > 1 && x[0] == '0' && x[1] != '.' && x[1] != ',' }):
	case allNumbers(plain):
		whole := !slices.ContainsFunc(plain, func(x string) bool { return strings.ContainsAny(x, ".eE") })
		t.number, t.unit, t.expr = true, unit, "TRY_CAST(%s AS DOUBLE)"
		if whole && !physical(unit) {
			t.expr = "TRY_CAST(%s AS BIGINT)"
		}
		if text, ok := sentinel(plain); ok {
			t.expr = "NULLIF(" + t.expr + ", " + text +
				map[bool]string{true: "", false: "e0"}[whole && !physical(unit)] + ")"
		}
	case allNumbers(withoutMarkers(commas)):
		t.number, t.unit, t.expr = true, unit, "TRY_CAST(REPLACE(%s, ',', '.') AS DOUBLE)"
	}
	return t
}

// code reports whether a field of digits is a name rather than a quantity.
func code(name string) bool {
	return idWords.has(name) && !(words{"number", "nr", "no"}).has(name) || notIDWords.has(name) ||
		nameWords.has(name) || (words{"text"}).has(name)
}

// markers are texts that say that there is no value.
var markers = []string{"-", "--", "n/a", "N/A", "NA", "null", "NULL", "None", "nan", "NaN"}

func withoutMarkers(texts []string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(t string) bool { return slices.Contains(markers, t) })
}

// marked wraps an expression so that empty texts and markers are NULL.
func marked(expr string, texts []string, empty bool) string {
	if empty {
		expr = "NULLIF(" + expr + ", '')"
	}
	for _, m := range markers {
		if slices.Contains(texts, m) {
			expr = "NULLIF(" + expr + ", '" + m + "')"
		}
	}
	return expr
}

func hasEmpty(s *scope, f *field) bool {
	for i := range s.rows {
		if t, ok := s.text(&s.rows[i], f); ok && t == "" {
			return true
		}
	}
	return false
}

func all(texts []string, ok func(string) bool) bool {
	return len(texts) > 0 && !slices.ContainsFunc(texts, func(t string) bool { return !ok(t) })
}

func allNumbers(texts []string) bool {
	return all(texts, func(t string) bool {
		_, err := strconv.ParseFloat(t, 64)
		return err == nil && !strings.ContainsAny(t, "xXpPnN_")
	})
}

// measured reports whether texts in JSON are numbers that were measured: with a unit by their name, or a fraction.
func measured(texts []string, unit string) bool {
	return allNumbers(texts) && (physical(unit) ||
		slices.ContainsFunc(texts, func(t string) bool {
			return strings.Contains(t, ".") &&
				strings.Count(t, ".") == 1
		}))
}

// sentinels are numbers that broken or missing sensors send.
var sentinels = []string{"-99.9", "-99.99", "-99", "-999", "-999.0", "-999.9", "-9999", "-9999.0", "-32768",
	"-273.15", "9999", "99999", "32767", "65535", "2147483647"}

// sentinel returns the number that stands for a missing value among the texts: one of the usual ones, far away from all
// others.
func sentinel(texts []string) (string, bool) {
	for _, mark := range sentinels {
		if !slices.Contains(texts, mark) {
			continue
		}
		m, _ := strconv.ParseFloat(mark, 64)
		least, most, others := math.Inf(1), math.Inf(-1), 0
		for _, t := range texts {
			x, err := strconv.ParseFloat(t, 64)
			if err != nil || x == m {
				continue
			}
			least, most = math.Min(least, x), math.Max(most, x)
			others++
		}
		away := math.Min(math.Abs(m-least), math.Abs(m-most))
		if others > 1 && away > 40 && away > 2*(most-least) {
			return mark, true
		}
	}
	return "", false
}
