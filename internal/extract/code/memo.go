package code

import "github.com/railtwin/digitaltwin/internal/extract/row"

// memo keeps the value of one expression for as long as the row of its scope stays.
type memo struct {
	epoch uint64
	ok    bool
	tri   Tri
	int   int64
	f64   float64
	text  []byte
	time  Instant
	cells []row.Cell
}

// Memoise computes c at most once per row of the scope that it depends on; id is its place in the frame.
func Memoise(c Code, scope, id int) Code {
	out := c
	out.Cell, out.Place = nil, nil
	switch {
	case c.Bool != nil:
		out.Bool = func(f *Frame) Tri {
			m := &f.memo[id]
			if m.epoch != f.epoch[scope] {
				m.tri, m.epoch = c.Bool(f), f.epoch[scope]
			}
			return m.tri
		}
	case c.Int != nil:
		out.Int = func(f *Frame) (int64, bool) {
			m := &f.memo[id]
			if m.epoch != f.epoch[scope] {
				m.int, m.ok = c.Int(f)
				m.epoch = f.epoch[scope]
			}
			return m.int, m.ok
		}
	case c.Double != nil:
		out.Double = func(f *Frame) (float64, bool) {
			m := &f.memo[id]
			if m.epoch != f.epoch[scope] {
				m.f64, m.ok = c.Double(f)
				m.epoch = f.epoch[scope]
			}
			return m.f64, m.ok
		}
	case c.Text != nil:
		out.Text = func(f *Frame) ([]byte, bool) {
			m := &f.memo[id]
			if m.epoch != f.epoch[scope] {
				m.text, m.ok = c.Text(f)
				m.epoch = f.epoch[scope]
			}
			return m.text, m.ok
		}
	case c.Time != nil:
		out.Time = func(f *Frame) (Instant, bool) {
			m := &f.memo[id]
			if m.epoch != f.epoch[scope] {
				m.time, m.ok = c.Time(f)
				m.epoch = f.epoch[scope]
			}
			return m.time, m.ok
		}
	case c.Elems != nil:
		out.Elems = func(f *Frame) ([]row.Cell, bool) {
			m := &f.memo[id]
			if m.epoch != f.epoch[scope] {
				m.cells, m.ok = c.Elems(f)
				m.epoch = f.epoch[scope]
			}
			return m.cells, m.ok
		}
	default:
		return c
	}
	return out
}
