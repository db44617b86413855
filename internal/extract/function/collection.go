package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

var collections = []*Function{
	fn("CARDINALITY(collection)", form(kindOf(types.Int), cardinality, List),
		"How many elements an ARRAY or MAP has; NULL for NULL.", "CARDINALITY(SPLIT('a,b', ','))", "2"),
	fn("ARRAY_POSITION(array, value)", bound(kindOf(types.Int), bindSearch, List, Element),
		"The number of the first element that equals a value, from 1; 0 if there is none, NULL for NULL.",
		"ARRAY_POSITION(SPLIT('a,b', ','), 'b')", "2"),
}

func cardinality(_ *types.Type, a []code.Code) code.Code { return code.Cardinality(a[0]) }

// bindSearch looks a scalar up in an array of its type.
func bindSearch(c Call) (Build, error) {
	array, value := c.Args[0].Type, c.Args[1].Type
	if array.Kind != types.Array || !array.Elem.Equal(value) {
		return nil, &Problem{1, "a value of type " + value.String() + " cannot be an element of " + array.String(),
			"CAST it to the type of the elements"}
	}
	return func(a []code.Code) code.Code {
		equal := equalCell(a[1])
		width := a[0].Node.Width
		return code.Code{Type: c.Type, Int: func(f *code.Frame) (int64, bool) {
			elems, ok := a[0].Elems(f)
			is, ok2 := equal(f)
			if !ok || !ok2 {
				return 0, false
			}
			for i := 0; i < len(elems); i += width {
				if elems[i].Valid && is(&elems[i]) {
					return int64(i/width) + 1, true
				}
			}
			return 0, true
		}}
	}, nil
}

// equalCell computes x and returns what compares a cell with it; false for NULL.
func equalCell(x code.Code) func(*code.Frame) (func(*row.Cell) bool, bool) {
	switch {
	case x.Text != nil:
		return func(f *code.Frame) (func(*row.Cell) bool, bool) {
			v, ok := x.Text(f)
			return func(c *row.Cell) bool { return string(c.Text) == string(v) }, ok
		}
	case x.Double != nil:
		return func(f *code.Frame) (func(*row.Cell) bool, bool) {
			v, ok := x.Double(f)
			return func(c *row.Cell) bool { return c.Double() == v }, ok
		}
	case x.Time != nil:
		return func(f *code.Frame) (func(*row.Cell) bool, bool) {
			v, ok := x.Time(f)
			return func(c *row.Cell) bool { return c.N == v.Ms && c.Aux == v.Ns }, ok
		}
	case x.Bool != nil:
		return func(f *code.Frame) (func(*row.Cell) bool, bool) {
			v := x.Bool(f)
			return func(c *row.Cell) bool { return (c.N != 0) == (v == code.True) }, v != code.Unknown
		}
	}
	return func(f *code.Frame) (func(*row.Cell) bool, bool) {
		v, ok := x.Int(f)
		return func(c *row.Cell) bool { return c.Int() == v }, ok
	}
}
