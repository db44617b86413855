package fleet

import (
	"math"
	"math/rand/v2"
	"strconv"
	"time"
)

// appendRecord appends what the unit of w measured in one second and sent in another, as JSON. The random
// numbers are those of the second of measuring, so a record that is sent late differs in sentAt only.
func (w *wagon) appendRecord(b []byte, random *rand.Rand, measured, sent int64) []byte {
	s, cycles := w.train.at(measured)
	measuredAt := measured*1000 + w.millis
	sentAt := sent*1000 + w.millis + 50 + random.Int64N(350)
	b = append(b, `{"header":{"messageId":"`...)
	b = strconv.AppendUint(b, w.messages^uint64(measured)*0x9e3779b97f4a7c15, 16)
	b = append(b, `","schema":"wagon-telemetry/1","generated":true`...)
	b = appendTime(b, "measuredAt", measuredAt)
	b = appendTime(b, "sentAt", sentAt)
	b = append(b, `},"wagon":{"id":"`...)
	b = append(b, w.number...)
	b = append(b, `","class":"`...)
	b = append(b, w.kind.class...)
	b = append(b, `"}`...)
	if s.state != parking {
		b = w.appendTrain(b, s)
	}
	b = w.appendMotion(b, random, s, cycles)
	b = w.appendPosition(b, random, s, measuredAt)
	b = w.appendAxles(b, random, s, measured)
	b = appendBrake(b, random, s)
	b = w.appendLoad(b, s, measured)
	if !math.IsNaN(w.kind.cargo) {
		b = append(b, `,"cargo":{"tempC":`...)
		b = appendFixed(b, w.kind.cargo+random.Float64()-0.5, 1)
		b = append(b, '}')
	}
	if (measured+int64(w.index))%60 == 0 {
		b = w.appendBattery(b, measured)
	}
	if s.start {
		b = appendShock(b, random, measuredAt)
	}
	return append(b, '}')
}

func (w *wagon) appendTrain(b []byte, s *second) []byte {
	number := w.train.number
	if s.back {
		number++
	}
	b = append(b, `,"train":{"number":"`...)
	b = strconv.AppendInt(b, int64(number), 10)
	b = append(b, `","place":`...)
	b = strconv.AppendInt(b, int64(w.place), 10)
	return append(b, '}')
}

func (w *wagon) appendMotion(b []byte, random *rand.Rand, s *second, cycles int64) []byte {
	speed := 0.0
	if s.state == moving {
		speed = max(s.speed*3.6+random.Float64()-0.5, 0)
	}
	b = append(b, `,"motion":{"state":"`...)
	b = append(b, s.state.String()...)
	b = append(b, `","speedKmh":`...)
	b = appendFixed(b, speed, 1)
	b = append(b, `,"heading":`...)
	b = strconv.AppendInt(b, int64(w.heading(s)), 10)
	b = append(b, `,"mileageKm":`...)
	b = appendFixed(b, w.mileageAt(s, cycles), 1)
	return append(b, '}')
}

// appendPosition appends the position as the receiver has it: a little off, a second old, and none in a tunnel.
func (w *wagon) appendPosition(b []byte, random *rand.Rand, s *second, measuredAt int64) []byte {
	if s.dark > 0 {
		return append(b, `,"position":{"fix":"none","sats":0}`...)
	}
	lat, lon := w.position(s)
	fix, sats := "3D", 7+random.IntN(8)
	if random.IntN(50) == 0 {
		fix, sats = "2D", 3
	}
	b = append(b, `,"position":{"fix":"`...)
	b = append(b, fix...)
	b = append(b, `","sats":`...)
	b = strconv.AppendInt(b, int64(sats), 10)
	b = append(b, `,"lat":`...)
	b = appendFixed(b, lat+(random.Float64()-0.5)*2e-5, 6)
	b = append(b, `,"lon":`...)
	b = appendFixed(b, lon+(random.Float64()-0.5)*2e-5, 6)
	b = appendTime(b, "fixedAt", measuredAt/1000*1000)
	return append(b, '}')
}

func (w *wagon) appendAxles(b []byte, random *rand.Rand, s *second, measured int64) []byte {
	silent := random.IntN(40 * axles) // seldom an axle, which says nothing this time
	b = append(b, `,"axles":[`...)
	for n := 1; n <= axles; n++ {
		if n > 1 {
			b = append(b, ',')
		}
		b = append(b, `{"n":`...)
		b = strconv.AppendInt(b, int64(n), 10)
		temperature := w.bearing(s, n, measured) + random.Float64()*0.4 - 0.2
		switch n {
		case w.broken:
			b = append(b, `,"bearingTempC":`...)
			b = appendFixed(b, noSensor, 1)
		case silent:
		default:
			b = append(b, `,"bearingTempC":`...)
			b = appendFixed(b, temperature, 1)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendBrake appends the pressure in the brake pipe: 5 bar releases, less applies. Seldom the unit has none.
func appendBrake(b []byte, random *rand.Rand, s *second) []byte {
	pressure := 5.0
	switch {
	case s.state == parking:
		pressure = 0
	case s.state == standing:
		pressure = 3.6
	case s.braking:
		pressure = 4.2
	}
	noise := random.Float64() * 0.04
	if random.IntN(50) == 0 {
		return b
	}
	b = append(b, `,"brake":{"pipePressureBar":`...)
	b = appendFixed(b, pressure+noise, 2)
	b = append(b, `,"applied":`...)
	b = strconv.AppendBool(b, s.braking)
	return append(b, '}')
}

func (w *wagon) appendLoad(b []byte, s *second, measured int64) []byte {
	b = append(b, `,"load":{"state":"`...)
	mass := 0.0
	if w.loadedOut != s.reload {
		mass = w.kind.load
		b = append(b, `loaded","massT":`...)
	} else {
		b = append(b, `empty","massT":`...)
	}
	b = appendFixed(b, mass, 1)
	b = appendTime(b, "weighedAt", (measured-w.train.since(measured)+int64(s.weighed))*1000)
	return append(b, '}')
}

func (w *wagon) appendBattery(b []byte, measured int64) []byte {
	soc := 98 - (measured/7200+int64(w.index)*7)%60 // charged again after five days
	b = append(b, `,"battery":{"volts":`...)
	b = appendFixed(b, 3.2+float64(soc)/200, 2)
	b = append(b, `,"soc":`...)
	b = strconv.AppendInt(b, soc, 10)
	return append(b, '}')
}

// appendShock appends the jerk through the couplings when the train sets off, in multiples of gravity.
func appendShock(b []byte, random *rand.Rand, measuredAt int64) []byte {
	b = append(b, `,"shock":{"x":`...)
	b = appendFixed(b, 0.4+random.Float64()*1.2, 2)
	b = append(b, `,"y":`...)
	b = appendFixed(b, random.Float64()*0.2, 2)
	b = append(b, `,"z":`...)
	b = appendFixed(b, random.Float64()*0.3, 2)
	b = appendTime(b, "happenedAt", measuredAt-120)
	return append(b, '}')
}

func appendFixed(b []byte, v float64, digits int) []byte {
	return strconv.AppendFloat(b, v, 'f', digits, 64)
}

// appendTime appends a key after the first one, with a time in UTC.
func appendTime(b []byte, key string, millis int64) []byte {
	b = append(b, `,"`...)
	b = append(b, key...)
	b = append(b, `":"`...)
	b = time.UnixMilli(millis).UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
	return append(b, '"')
}
