package syntax

// ReadsColumn reports whether a column stands anywhere in x.
func ReadsColumn(x Expr) bool {
	any := func(xs ...Expr) bool {
		for _, x := range xs {
			if x != nil && ReadsColumn(x) {
				return true
			}
		}
		return false
	}
	switch x := x.(type) {
	case *Name:
		return true
	case *Field:
		return any(x.X)
	case *Index:
		return any(x.X, x.Index)
	case *Unary:
		return any(x.X)
	case *Binary:
		return any(x.X, x.Y)
	case *Is:
		return any(x.X, x.Y)
	case *Between:
		return any(x.X, x.Low, x.High)
	case *In:
		return any(x.X) || any(x.List...)
	case *Like:
		return any(x.X)
	case *Case:
		for _, w := range x.Whens {
			if any(w.Cond, w.Then) {
				return true
			}
		}
		return any(x.Operand, x.Else)
	case *Cast:
		return any(x.X)
	case *Call:
		return any(x.Args...)
	case *Row:
		return any(x.Items...)
	case *Array:
		return any(x.Items...)
	case *Map:
		return any(x.Items...)
	}
	return false
}
