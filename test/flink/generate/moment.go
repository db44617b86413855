package generate

import "github.com/railtwin/digitaltwin/internal/extract/types"

var (
	roundUnits = []string{"MILLISECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "DECADE",
		"CENTURY", "MILLENNIUM"}
	extractUnits = append([]string{"NANOSECOND", "MICROSECOND", "DOW", "ISODOW", "DOY", "ISOYEAR", "EPOCH"}, roundUnits...)
	diffUnits    = roundUnits[:9]
	zones        = []string{"Europe/Zurich", "UTC", "+02:00", "America/New_York", "CET", "EST5EDT", "Europe/Amsterdam",
		"Africa/Accra", "GMT-3"}

	// timeTexts are texts of times, and others, which are compared with a time.
	timeTexts = []string{"2026-11-23", "2026-1-3", "2024-02-29", "2026-02-30", "2026-11-23 10:15:30",
		"2026-11-23 10:15:30.123456789", "2026-11-23 24:00:00", "1969-12-31 23:59:59.999", "2026-11-23 1:2:3",
		"2026-11-23T10:15:30", "2026-11-23 10:15", "x", ""}
)

// moment makes a TIMESTAMP or TIMESTAMP_LTZ.
func (g *Generator) moment(s *scope, k types.Kind, depth int) string {
	sub := func(k types.Kind) string { return g.expr(s, k, depth-1) }
	name := map[types.Kind]string{types.Timestamp: "TIMESTAMP(3)", types.TimestampLTZ: "TIMESTAMP_LTZ(3)"}[k]
	other := types.Timestamp
	if k == types.Timestamp {
		other = types.TimestampLTZ
	}
	return g.either(
		func() string { return "TRY_CAST(" + sub(types.String) + " AS " + name + ")" },
		func() string { return "CAST(" + sub(g.kind([]types.Kind{other, types.Date})) + " AS " + name + ")" },
		func() string { return "(" + sub(k) + g.one(" + ", " - ") + g.interval() + ")" },
		func() string {
			return "(" + sub(k) + g.one(" + ", " - ") + few(sub(types.Int)) + " * " + g.interval() + ")"
		},
		func() string {
			return g.one("FLOOR(", "CEIL(") + sub(k) + " TO " + g.one(roundUnits...) + ")"
		},
		func() string {
			if k == types.Timestamp {
				return "TO_TIMESTAMP(" + sub(types.String) + g.one("", ", "+g.format()) + ")"
			}
			return g.one("TO_TIMESTAMP_LTZ("+sub(types.String)+", "+g.format()+
				g.one("", ", "+text(g.one(zones...)), ", "+text(g.one(zones...)), ", "+sub(types.String))+")",
				"TO_TIMESTAMP_LTZ("+sub(g.kind([]types.Kind{types.Int, types.BigInt, types.Double}))+g.one(", 0", ", 3")+")")
		},
	)
}

// few bounds by how many units a time is moved. Flink's calendar in FLOOR, CEIL and EXTRACT is wrong before the year
// -4800, and as it counts the days of a time in 32 bits it delivers another date beyond about 200,000 years, where
// the Go engine goes on counting (docs/sql.md).
func few(n string) string { return "MOD(" + n + ", 10000)" }

func (g *Generator) interval() string {
	return g.one("INTERVAL '1' SECOND", "INTERVAL '1.5' SECOND", "INTERVAL '90' MINUTE", "INTERVAL '2' HOUR",
		"INTERVAL '30' DAY", "INTERVAL '-1' DAY", "INTERVAL '0.001' SECOND")
}

func (g *Generator) format() string {
	return text(g.one("yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd''T''HH:mm:ss", "yyyy-MM-dd", "dd.MM.yyyy HH:mm",
		"dd.MM.yyyy HH:mm:ss", "yyyyMMdd", "HH:mm:ss", "yyyy-MM-dd HH:mm:ss.SSS", "yyyy-MM-dd HH:mm[:ss]", "''''"))
}
