package check

import (
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

// looseSelect looks up the names and functions of a SELECT whose types are not known.
func (c *checker) looseSelect(q *syntax.Select, ns *namespace) {
	for _, item := range q.Items {
		c.loose(item.Expr, ns)
	}
	c.loose(q.Where, ns)
	named := &namespace{outer: ns.outer, sources: ns.sources, open: true} // also names of items
	if q.Group != nil {
		for _, x := range q.Group.Keys {
			c.loose(x, named)
		}
	}
	c.loose(q.Having, named)
	c.loose(q.Qualify, named)
}

// loose looks up the names and functions in x. Subqueries are left out.
func (c *checker) loose(x syntax.Expr, ns *namespace) {
	syntax.Walk(x, func(x syntax.Expr) {
		switch x := x.(type) {
		case *syntax.Name:
			if _, found := ns.resolve(x); !found {
				first := x.Parts[0]
				c.reject(first, "there is no column "+first.Name+" here", suggest(first.Name, ns.names()))
			}
		case *syntax.Call:
			c.looseCall(x, ns)
		}
	})
}

// looseCall makes sure that Flink has a function, and that it may be called.
func (c *checker) looseCall(x *syntax.Call, ns *namespace) {
	switch name := x.Name.Name; {
	case function.Lookup(name) != nil, function.Special(name), function.Aggregate(name):
	case name == "ROLLUP", name == "CUBE", name == syntax.GroupingSets:
	case name == "CURRENT_WATERMARK":
		c.watermarkOf(x, ns)
	default:
		if r, ok := function.Refused(name, len(x.Args)); !ok || r.Verdict == diag.Rejected {
			c.unknownFunction(x)
		}
	}
}

// watermarkOf takes CURRENT_WATERMARK(x), which Flink has for a time attribute.
func (c *checker) watermarkOf(x *syntax.Call, ns *namespace) {
	if len(x.Args) == 1 && ns.role(x.Args[0]).kind != timeAttribute && !ns.open {
		c.reject(x.Args[0], "CURRENT_WATERMARK takes a column that has a WATERMARK", declareWatermark)
		return
	}
	c.unknownFunction(x)
}

const declareWatermark = "declare it in the table: WATERMARK FOR ts AS ts - INTERVAL '10' SECOND"
