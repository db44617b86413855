package datetime

import (
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // functions run where no zone files are
)

// Zone is a time zone: a fixed offset, or a region with its rules. The zero Zone is UTC.
type Zone struct {
	offset int64 // milliseconds
	region *time.Location
}

// ParseZone reads a zone as Java's ZoneId.of does: Z, +2, +02, +0200, +02:00, +02:00:00, UTC, GMT and UT
// with or without an offset, or the name of a region, case-sensitive.
func ParseZone(text string) (Zone, error) {
	if z, ok := parseOffset(text); ok {
		return z, nil
	}
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			if rest == "" {
				return Zone{}, nil
			}
			if rest[0] == '+' || rest[0] == '-' {
				if z, ok := parseOffset(rest); ok {
					return z, nil
				}
				return Zone{}, noZone(text)
			}
			break
		}
	}
	if !regionName(text) {
		return Zone{}, noZone(text)
	}
	loc, err := time.LoadLocation(javaZone(text))
	if err != nil {
		return Zone{}, noZone(text)
	}
	return Zone{region: loc}, nil
}

func noZone(text string) error {
	return fmt.Errorf("there is no time zone '%s'; write a name such as Europe/Zurich, case matters, or an offset such "+
		"as +01:00", text)
}

// regionName refuses names that Go or its host knows and Java does not.
func regionName(s string) bool {
	switch s {
	case "", "Local", "EST", "MST", "HST", "ROC", "Factory", "localtime", "posixrules":
		return false
	}
	return s[0] != '.' && s[0] != '/' && !strings.HasPrefix(s, "posix/") && !strings.HasPrefix(s, "right/")
}

// parseOffset reads the forms of ZoneOffset.of.
func parseOffset(s string) (Zone, bool) {
	if s == "Z" {
		return Zone{}, true
	}
	if len(s) < 2 || s[0] != '+' && s[0] != '-' {
		return Zone{}, false
	}
	p := scanner{b: []byte(s), i: 1}
	var h, m, sec int
	ok := true
	part := func() (n int) {
		if ok {
			n, ok = p.two()
		}
		return n
	}
	switch len(s) {
	case 2:
		var n int64
		n, ok = p.digits(1, 1)
		h = int(n)
	case 3:
		h = part()
	case 5, 7:
		h, m = part(), part()
		if len(s) == 7 {
			sec = part()
		}
	case 6, 9:
		h = part()
		ok = ok && p.literal(':')
		m = part()
		if len(s) == 9 {
			ok = ok && p.literal(':')
			sec = part()
		}
	default:
		return Zone{}, false
	}
	if !ok || h > 18 || m > 59 || sec > 59 || h == 18 && m+sec > 0 {
		return Zone{}, false
	}
	offset := int64(h)*hour + int64(m)*minute + int64(sec)*second
	if s[0] == '-' {
		offset = -offset
	}
	return Zone{offset: offset}, true
}

// Instant returns the instant, as milliseconds since 1970 in UTC, at which clocks of the zone show a
// local time: the earlier one where clocks were set back; where they were set forward over it, it is
// moved forward by as much, as Java's LocalDateTime.atZone does.
func (z Zone) Instant(local int64) int64 {
	if z.region == nil {
		return local - z.offset
	}
	// Offsets are at most 18 hours, so a transition that matters lies between these two instants.
	before, after := z.offsetAt(local-18*hour), z.offsetAt(local+18*hour)
	if before != after && z.offsetAt(local-before) != before && z.offsetAt(local-after) == after {
		return local - after
	}
	return local - before
}

// offsetAt returns the offset in milliseconds at an instant.
func (z Zone) offsetAt(ms int64) int64 {
	_, offset := time.Unix(floorDiv(ms, second), 0).In(z.region).Zone()
	return int64(offset) * second
}

// Zones remembers the zones that texts in the data named. It is safe for concurrent use.
type Zones struct {
	mu     sync.RWMutex
	byName map[string]Zone
}

// maxZones bounds what is remembered: there are some 600 regions.
const maxZones = 1000

// Zone returns the zone that a text names; see [ParseZone].
func (c *Zones) Zone(text []byte) (Zone, bool) {
	if len(text) < 10 && len(text) > 0 && (text[0] == '+' || text[0] == '-' || text[0] == 'Z') {
		if z, ok := parseOffset(string(text)); ok {
			return z, true
		}
	}
	c.mu.RLock()
	z, ok := c.byName[string(text)]
	c.mu.RUnlock()
	if ok {
		return z, true
	}
	z, err := ParseZone(string(text))
	if err != nil {
		return Zone{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byName == nil {
		c.byName = map[string]Zone{}
	}
	if len(c.byName) < maxZones {
		c.byName[string(text)] = z
	}
	return z, true
}
