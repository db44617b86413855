package generate

import (
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// jsonText makes a STRING that is JSON text.
func (g *Generator) jsonText(s *scope, depth int) string {
	part := func() string {
		if g.chance(15) && depth > 1 {
			return g.jsonText(s, depth-1)
		}
		if g.chance(10) && len(s.lists) > 0 {
			return s.lists[g.rand.IntN(len(s.lists))].sql
		}
		return g.expr(s, g.kind([]types.Kind{types.Boolean, types.Int, types.BigInt, types.Double, types.Decimal,
			types.String, types.Timestamp, types.TimestampLTZ}), depth-1)
	}
	var parts []string
	n := 1 + g.rand.IntN(3)
	if g.chance(60) {
		for i := range n {
			parts = append(parts, text(g.one("lat", "lon", "b", "é", `q"`, "a"+strconv.Itoa(i)))+" VALUE "+part())
		}
		return "JSON_OBJECT(" + strings.Join(parts, ", ") + g.one("", "", " NULL ON NULL", " ABSENT ON NULL") + ")"
	}
	for range n {
		parts = append(parts, part())
	}
	return "JSON_ARRAY(" + strings.Join(parts, ", ") + g.one("", "", " NULL ON NULL", " ABSENT ON NULL") + ")"
}
