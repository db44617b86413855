package api

import (
	"strings"

	"github.com/railtwin/digitaltwin/internal/tabular"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// CSV is as RFC 4180 has it: a header, CRLF, quotes where they are needed. A value is JSON text, so that "1" and 1 stay
// two things; no JSON text is a formula. Names and units, which come from outside, cannot be formulas of a spreadsheet
// either: they have an apostrophe before what would begin one (see [tabular.Inert]).

func beginCSV(c *call) string {
	switch {
	case c.route.call == listComponents:
		return "component\r\n"
	case c.source:
		return "component,metric,value,unit,eventTime,staleAt,dataset,receivedAt,extractor,stream,shard,sequence\r\n"
	}
	return "component,metric,value,unit,eventTime,staleAt,dataset\r\n"
}

func entryCSV(b []byte, p *page, component string, readings []twin.Reading) ([]byte, bool) {
	if readings == nil {
		return append(appendInert(b, component), "\r\n"...), true
	}
	r := &readings[0]
	b = append(appendInert(b, r.Component), ',')
	b = append(appendInert(b, r.Metric), ',')
	b = append(appendField(b, r.Value), ',')
	b = append(appendInert(b, r.Unit), ',')
	b = append(r.EventTime.Append(b), ',')
	if at, ok := p.view.staleAt(r); ok {
		b = at.Append(b)
	}
	b = appendInert(append(b, ','), r.Dataset)
	if p.call.source {
		b = append(b, ',')
		if r.Source.ReceivedAt != 0 {
			b = r.Source.ReceivedAt.Append(b)
		}
		for _, text := range []string{r.Source.Extractor, r.Source.Position.Stream, r.Source.Position.Shard,
			r.Source.Position.Sequence} {
			b = appendInert(append(b, ','), text)
		}
	}
	return append(b, "\r\n"...), true
}

// appendInert appends a field that comes from outside.
func appendInert(b []byte, s string) []byte { return appendField(b, tabular.Inert(s)) }

// appendField appends a field of CSV. (Package encoding/csv would change line breaks within fields to CRLF.)
func appendField(b []byte, s string) []byte {
	if !strings.ContainsAny(s, ",\"\r\n") {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}
