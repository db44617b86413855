package generate

import (
	"reflect"
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

// SmallerSQL returns texts that lack a part of the given one: a part of an expression stands for the
// whole expression. They are sorted by length; many of them mean nothing.
func SmallerSQL(sql string) (out []string) {
	file, _ := syntax.Parse(diag.Source{Text: sql})
	var nodes [][2]int
	walk(reflect.ValueOf(file), func(e syntax.Expr) {
		pos, end := e.Range()
		nodes = append(nodes, [2]int{pos, end})
	})
	for _, n := range nodes {
		for _, m := range nodes {
			if n[0] <= m[0] && m[1] <= n[1] && m[1]-m[0] < n[1]-n[0] {
				out = append(out, sql[:n[0]]+sql[m[0]:m[1]]+sql[n[1]:])
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return len(a) - len(b) })
	return slices.Compact(out)
}

// SmallerExpr is SmallerSQL of one expression.
func SmallerExpr(expr string) (out []string) {
	for _, s := range SmallerSQL(ToInsert(expr, 0)) {
		out = append(out, FromInsert(s, 0))
	}
	return out
}

// walk calls f for every expression below v.
func walk(v reflect.Value, f func(syntax.Expr)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		if e, ok := v.Interface().(syntax.Expr); ok && v.Kind() == reflect.Pointer {
			f(e)
		}
		walk(v.Elem(), f)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walk(v.Field(i), f)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), f)
		}
	}
}
