package api

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// place is a point on the earth, in degrees of WGS 84, as its numbers are written.
type place struct {
	lonText, latText, altText string // JSON numbers; altText may be ""
	lon, lat                  float64
}

// placeOf reads a value that is a position: {"lat", "lon"} or {"latitude", "longitude"}, both with "alt" or "altitude"
// if they like, or a Point of GeoJSON.
func placeOf(value string) (p place, ok bool) {
	if value == "" || value[0] != '{' {
		return p, false
	}
	var v struct {
		Lat, Latitude, Lon, Longitude, Alt, Altitude json.RawMessage
		Type                                         string
		Coordinates                                  []json.RawMessage
	}
	if json.Unmarshal([]byte(value), &v) != nil {
		return p, false
	}
	switch {
	case v.Type == "Point" && len(v.Coordinates) >= 2:
		p.lonText, p.latText = string(v.Coordinates[0]), string(v.Coordinates[1])
		if len(v.Coordinates) > 2 {
			p.altText = string(v.Coordinates[2])
		}
	case v.Lat != nil:
		p.lonText, p.latText, p.altText = string(v.Lon), string(v.Lat), string(v.Alt)
	default:
		p.lonText, p.latText, p.altText = string(v.Longitude), string(v.Latitude), string(v.Altitude)
	}
	if !isNumber(p.altText) {
		p.altText = ""
	}
	if !isNumber(p.lonText) || !isNumber(p.latText) {
		return p, false
	}
	var err, also error
	p.lon, err = strconv.ParseFloat(p.lonText, 64)
	p.lat, also = strconv.ParseFloat(p.latText, 64)
	return p, err == nil && also == nil && p.lon >= -180 && p.lon <= 180 && p.lat >= -90 && p.lat <= 90
}

// isNumber reports whether a JSON text is a number.
func isNumber(text string) bool {
	return text != "" && (text[0] == '-' || '0' <= text[0] && text[0] <= '9')
}

// appendPoint appends p as a geometry of GeoJSON: longitude first.
func (p *place) appendPoint(b []byte) []byte {
	b = append(append(b, `{"type":"Point","coordinates":[`...), p.lonText...)
	b = append(append(b, ','), p.latText...)
	if p.altText != "" {
		b = append(append(b, ','), p.altText...)
	}
	return append(b, "]}"...)
}

// box is a bounding box as RFC 7946 has it. Where west is greater than east it lies across the antimeridian.
type box struct{ west, south, east, north float64 }

// has reports whether p lies within b, its border included.
func (b *box) has(p *place) bool {
	if p.lat < b.south || p.lat > b.north {
		return false
	}
	if b.west <= b.east {
		return p.lon >= b.west && p.lon <= b.east
	}
	return p.lon >= b.west || p.lon <= b.east
}

func setBox(p *parameters, value string) (string, error) {
	text := strings.Split(value, ",")
	if len(text) != 4 {
		return "", errors.New("must be four numbers: west,south,east,north, such as 7.5,47.5,8.6,47.9")
	}
	var n [4]float64
	for i, s := range text {
		var err error
		if n[i], err = strconv.ParseFloat(s, 64); err != nil || !isNumber(s) {
			return "", errors.New("must be four numbers: " + strconv.Quote(s) + " is none")
		}
	}
	b := &box{n[0], n[1], n[2], n[3]}
	switch {
	case max(b.west, b.east) > 180 || min(b.west, b.east) < -180 || b.north > 90 || b.south < -90:
		return "", errors.New("is west,south,east,north in degrees: longitudes from -180 to 180, latitudes from -90 to 90")
	case b.south > b.north:
		return "", errors.New("is west,south,east,north: south must not be greater than north")
	}
	p.box = b
	return value, nil
}
