package api

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"net/url"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/problem"
)

// Ensure that a cursor reads back as the position that it was made of.
func TestCursor(t *testing.T) {
	for _, p := range []position{{"a", ""}, {"a", "b"}, {"wagon:1/2", "axle.1\x00"},
		{strings.Repeat("x", maxName), strings.Repeat("y", maxName)}, {"🚃", "🌡"}} {
		filters := []string{"/v1/readings", "", "w"}
		c := appendCursor(nil, filters, p)
		if got, err := parseCursor(string(c), filters); err != nil || got != p {
			t.Errorf("%.50q: %.50q, %v", p, got, err)
		}
	}
}

// Ensure that a cursor that is cut off, changed, made up or not one is refused, and never read as another.
func TestDamagedCursor(t *testing.T) {
	filters := []string{"/v1/readings"}
	good := string(appendCursor(nil, filters, position{"vehicle:22:790", "speed"}))
	refused := func(c string) {
		t.Helper()
		p, err := parseCursor(c, filters)
		if wrong, ok := err.(*problem.Problem); !ok || wrong.Type != invalidCursor.Type() || wrong.Parameter != "cursor" {
			t.Errorf("%q: %v, %v", c, p, err)
		}
	}
	for i := 1; i < len(good); i++ {
		refused(good[:i])
		refused(good[:i] + good[i+1:])
		for _, c := range "A_z" {
			if rune(good[i]) != c {
				refused(good[:i] + string(c) + good[i+1:])
			}
		}
	}
	for _, c := range []string{"x", "\n", "AQ", "AQ==", good + "=", good + "A", good + "\n", good + " ", "null",
		"undefined", "🚃", "..", strings.Repeat("A", 1<<20)} {
		refused(c)
	}
	for _, b := range []string{"\x02abcdefgh", "", "\x01"} {
		refused(base64.RawURLEncoding.EncodeToString([]byte(b + "....")))
	}
	refused(string(appendCursor(nil, filters, position{"", "speed"}))) // right, but of no component
	for _, names := range []string{"", "\x80", "\x03ab", "\x7f" + strings.Repeat("a", 100),
		strings.Repeat("\xff", 9) + "\x01a"} {
		b := appendFilters([]byte{cursorVersion}, filters) // made up, with the right checksum
		b = append(b, names...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
		refused(base64.RawURLEncoding.EncodeToString(b))
	}
}

// Ensure that a cursor is taken by its own list only: same path, same filters; size and fields may change.
func TestForeignCursor(t *testing.T) {
	h := newHandler(Config{Reader: fleet(30)})
	cursorOf := func(target string) string {
		next := decode(get(t, h, target).Body.Bytes()).(map[string]any)["next"].(string)
		u, _ := url.Parse(next)
		return "cursor=" + u.Query().Get("cursor")
	}
	components := cursorOf("/v1/components?limit=2")
	readings := cursorOf("/v1/readings?limit=2&prefix=wagon&metrics=metric.0,metric.1")
	for target, want := range map[string]string{
		"/v1/components?" + components:                                                          "200 ",
		"/v1/components?limit=7&" + components:                                                  "200 ",
		"/v1/components?prefix=&" + components:                                                  "200 ",
		"/v1/readings?prefix=wagon&metrics=metric.1,metric.0,metric.1&" + readings:              "200 ",
		"/v1/readings?" + components:                                                            "400 invalid-cursor",
		"/v1/components?prefix=w&" + components:                                                 "400 invalid-cursor",
		"/v1/components?dataset=a&" + components:                                                "400 invalid-cursor",
		"/v1/readings?prefix=wagon&metrics=metric.1,metric.0&" + readings:                       "200 ",
		"/v1/readings?prefix=wagon&metrics=metric.1,metric.0&fields=source&limit=9&" + readings: "200 ",
		"/v1/readings?prefix=wagon&metrics=metric.0&" + readings:                                "400 invalid-cursor",
		"/v1/readings?prefix=wagon&metric=metric.0&metrics=metric.1&" + readings:                "400 invalid-cursor",
		"/v1/readings?metrics=metric.1,metric.0&" + readings:                                    "400 invalid-cursor",
		"/v1/readings?component=wagon:00001&prefix=wagon&metrics=metric.1,metric.0&" + readings: "400 invalid-cursor",
		"/v1/readings?dataset=a&prefix=wagon&metrics=metric.1,metric.0&" + readings:             "400 invalid-cursor",
		"/v1/components?cursor=":                                                                "200 ",
		"/v1/components?" + components[:len(components)-3]:                                      "400 invalid-cursor",
	} {
		if got := problemOf(get(t, h, target)); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
}
