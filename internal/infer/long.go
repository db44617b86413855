package infer

import (
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

var (
	valueKeys   = []string{"value", "val", "v", "reading", "result", "numericvalue", "data_value", "measuredvalue"}
	metricNames = list(`
		metric measurement parameter quantity variable measurand property signal tag kpi observedproperty
		datastream attribute`)
)

// long delivers rows that name their metric themselves, such as {"device": .., "metric": "temperature", "value": 21.5}.
// It returns the fields that are told by it, nil where the rows are not of that kind.
func (v *view) long(level int) []*field {
	var value, name, unit *field
	for _, f := range v.s.fields(level) {
		lower := strings.ToLower(f.name())
		switch {
		case f.node == nil || f.segment > 0 || v.taken(f):
		case value == nil && slices.Contains(valueKeys, lower):
			value = f
		case unit == nil && slices.Contains(unitKeys, lower):
			unit = f
		case name == nil && metricNames.has(lower) && f.node.count[sample.String] > 0 && v.s.form(f).kind == notTime:
			name = f
		}
	}
	if value == nil || name == nil || parent(value) != parent(name) || countDistinct(v.s.texts(name)) < 2 {
		return nil
	}
	m := metric{time: "event_time"}
	named := ident(v.add("metric", v.ref(name, "STRING")))
	m.nameExpr = "LOWER(REPLACE(REPLACE(" + named + ", ' ', '.'), '_', '.'))"
	t := v.s.typeOf(value, "")
	column := ident(v.add("value", strings.ReplaceAll(t.expr, "%s", v.ref(value, t.declared))))
	if m.value = "JSON_STRING(" + column + ")"; !t.number && t.declared == "STRING" &&
		slices.ContainsFunc(v.s.texts(value), isNumber) {
		number := "TRY_CAST(" + column + " AS DOUBLE)"
		m.value = "CASE WHEN " + number + " IS NULL THEN JSON_STRING(" + column + ") ELSE JSON_STRING(" + number +
			") END"
	}
	told := []*field{value, name}
	if unit != nil {
		m.unitExpr = v.unitCase(unit)
		told = append(told, unit)
	}
	v.metrics = append(v.metrics, m)
	return told
}

func isNumber(text string) bool { return allNumbers([]string{text}) }

// unitCase writes the UCUM code of what a field says.
func (v *view) unitCase(f *field) string {
	column := ident(v.add("unit", v.ref(f, "STRING")))
	texts := slices.Sorted(slices.Values(v.s.texts(f)))
	var cases []string
	for _, t := range slices.Compact(texts) {
		if code := codeOf(t); code != t {
			cases = append(cases, "WHEN "+quote(t)+" THEN "+quote(code))
		}
	}
	if len(cases) == 0 {
		return column
	}
	return "CASE " + column + " " + strings.Join(cases, " ") + " ELSE " + column + " END"
}
