package api

import (
	"strconv"

	"github.com/railtwin/digitaltwin/internal/twin"
)

func beginJSON(c *call) string {
	if c.route.call == listComponents {
		return `{"components":[`
	}
	return `{"readings":[`
}

// endJSON ends the list and the object that it is in.
func endJSON(b []byte, e *ending) []byte {
	b = append(b, ']')
	if e.counted {
		b = strconv.AppendInt(append(b, `,"count":`...), int64(e.count), 10)
	}
	b = append(b, `,"next":`...)
	if e.next == nil {
		b = append(b, `null,"cursor":null`...)
	} else {
		b = appendString(b, e.next.url)
		b = appendString(append(b, `,"cursor":`...), e.next.cursor)
	}
	if e.stopped != "" {
		b = appendString(append(b, `,"stoppedAfter":`...), e.stopped)
	}
	return append(b, '}')
}

func entryJSON(b []byte, p *page, component string, readings []twin.Reading) ([]byte, bool) {
	if readings == nil {
		return appendString(b, component), true
	}
	return p.view.appendReading(b, &readings[0], p.call.source), true
}

func twinJSON(b []byte, p *page, component string, readings []twin.Reading) []byte {
	b = appendString(append(b, `{"component":`...), component)
	b = append(b, `,"readings":[`...)
	for i := range readings {
		if i > 0 {
			b = append(b, ',')
		}
		b = p.view.appendReading(b, &readings[i], p.call.source)
	}
	return append(b, "]}"...)
}

// entryLine appends a line of JSON.
func entryLine(b []byte, p *page, component string, readings []twin.Reading) ([]byte, bool) {
	if readings == nil {
		b = appendString(append(b, `{"component":`...), component)
		return append(b, "}\n"...), true
	}
	return append(p.view.appendReading(b, &readings[0], p.call.source), '\n'), true
}

// endLines ends lines that are not all there are with one that says how to go on.
func endLines(b []byte, e *ending) []byte {
	if e.next == nil {
		return b
	}
	b = appendString(append(b, `{"next":`...), e.next.url)
	b = appendString(append(b, `,"cursor":`...), e.next.cursor)
	b = appendOptional(append(b, `,"stoppedAfter":`...), e.stopped)
	return append(b, "}\n"...)
}

// appendValues appends readings as an object of their values by metric.
func appendValues(b []byte, readings []twin.Reading) []byte {
	b = append(b, '{')
	for i := range readings {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, readings[i].Metric), ':')
		b = append(b, readings[i].Value...)
	}
	return append(b, '}')
}
