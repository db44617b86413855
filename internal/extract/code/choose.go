package code

// Case evaluates the first branch whose condition is TRUE, else otherwise. All branches have one type.
func Case(conds, thens []Code, otherwise Code) Code {
	out := Code{Type: otherwise.Type}
	pick := func(f *Frame) *Code {
		for i := range conds {
			if conds[i].Bool(f) == True {
				return &thens[i]
			}
		}
		return &otherwise
	}
	switch {
	case otherwise.Bool != nil:
		out.Bool = func(f *Frame) Tri { return pick(f).Bool(f) }
	case otherwise.Int != nil:
		out.Int = func(f *Frame) (int64, bool) { return pick(f).Int(f) }
	case otherwise.Double != nil:
		out.Double = func(f *Frame) (float64, bool) { return pick(f).Double(f) }
	case otherwise.Text != nil:
		out.Text = func(f *Frame) ([]byte, bool) { return pick(f).Text(f) }
	case otherwise.Time != nil:
		out.Time = func(f *Frame) (Instant, bool) { return pick(f).Time(f) }
	default:
		panic("BUG: CASE of a type without a scalar closure")
	}
	return out
}

// Coalesce gives the first argument that is not NULL. All have one type.
func Coalesce(xs ...Code) Code {
	last := xs[len(xs)-1]
	out := Code{Type: last.Type}
	switch {
	case last.Bool != nil:
		out.Bool = func(f *Frame) Tri {
			for i := range xs {
				if v := xs[i].Bool(f); v != Unknown {
					return v
				}
			}
			return Unknown
		}
	case last.Int != nil:
		out.Int = func(f *Frame) (v int64, ok bool) {
			for i := range xs {
				if v, ok = xs[i].Int(f); ok {
					return v, true
				}
			}
			return 0, false
		}
	case last.Double != nil:
		out.Double = func(f *Frame) (v float64, ok bool) {
			for i := range xs {
				if v, ok = xs[i].Double(f); ok {
					return v, true
				}
			}
			return 0, false
		}
	case last.Text != nil:
		out.Text = func(f *Frame) (v []byte, ok bool) {
			for i := range xs {
				if v, ok = xs[i].Text(f); ok {
					return v, true
				}
			}
			return nil, false
		}
	case last.Time != nil:
		out.Time = func(f *Frame) (v Instant, ok bool) {
			for i := range xs {
				if v, ok = xs[i].Time(f); ok {
					return v, true
				}
			}
			return Instant{}, false
		}
	default:
		panic("BUG: COALESCE of a type without a scalar closure")
	}
	return out
}
