package syntax

// ReadsColumn reports whether a column stands anywhere in x.
func ReadsColumn(x Expr) bool {
	found := false
	Walk(x, func(x Expr) {
		_, ok := x.(*Name)
		found = found || ok
	})
	return found
}

// Walk calls f for x and every expression within it.
func Walk(x Expr, f func(Expr)) {
	if x == nil {
		return
	}
	f(x)
	all := func(xs ...Expr) {
		for _, x := range xs {
			Walk(x, f)
		}
	}
	switch x := x.(type) {
	case *Field:
		all(x.X)
	case *Index:
		all(x.X, x.Index)
	case *Unary:
		all(x.X)
	case *Binary:
		all(x.X, x.Y)
	case *Is:
		all(x.X, x.Y)
	case *Between:
		all(x.X, x.Low, x.High)
	case *In:
		all(x.X)
		all(x.List...)
	case *Like:
		all(x.X)
	case *Case:
		all(x.Operand)
		for _, w := range x.Whens {
			all(w.Cond, w.Then)
		}
		all(x.Else)
	case *Cast:
		all(x.X)
	case *Call:
		all(x.Args...)
		all(x.Filter)
	case *Row:
		all(x.Items...)
	case *Array:
		all(x.Items...)
	case *Map:
		all(x.Items...)
	}
}
