package api

import (
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// GeoJSON is as RFC 7946 has it: a feature for each component that has a position. What the row of the component has is
// in the properties, and the event time there is that of the position.

func entryFeature(b []byte, p *page, component string, readings []twin.Reading) ([]byte, bool) {
	at, place, ok := p.call.positionIn(readings)
	if !ok {
		return b, false
	}
	return p.appendFeature(b, component, readings, at, &place), true
}

// twinFeature appends the feature of a component. One without a position has the geometry null (RFC 7946, 3.2).
func twinFeature(b []byte, p *page, component string, readings []twin.Reading) []byte {
	at, place, ok := p.call.positionIn(readings)
	if !ok {
		return p.appendFeature(b, component, readings, newestOf(readings), nil)
	}
	return p.appendFeature(b, component, readings, at, &place)
}

// appendFeature appends a feature, whose time is that of a reading.
func (p *page) appendFeature(b []byte, component string, readings []twin.Reading, at *twin.Reading,
	place *place) []byte {
	b = appendString(append(b, `{"type":"Feature","id":`...), component)
	b = append(b, `,"geometry":`...)
	but := ""
	if place == nil {
		b = append(b, "null"...)
	} else {
		b = place.appendPoint(b)
		but = at.Metric
	}
	r := newRow(append(b, `,"properties":`...))
	r.head(p.view, component, at)
	r.metrics(readings, but)
	return append(r.end(), '}')
}

// positionIn returns the reading among those of a component that is its position, and where that is.
func (c *call) positionIn(readings []twin.Reading) (at *twin.Reading, p place, ok bool) {
	i, found := slices.BinarySearchFunc(readings, c.positionMetric(), func(r twin.Reading, metric string) int {
		return strings.Compare(r.Metric, metric)
	})
	if !found {
		return nil, p, false
	}
	p, ok = placeOf(readings[i].Value)
	return &readings[i], p, ok
}

// usualPosition is the metric that holds the position of a component unless the caller names another one.
const usualPosition = "position"

func (p *parameters) positionMetric() string {
	if p.position != "" {
		return p.position
	}
	return usualPosition
}
