package fleet

import (
	"math"
	"math/rand/v2"
)

// train is a number of wagons that go together.
type train struct {
	timetable *timetable
	number    int   // of the first run; the way back has the next one
	shift     int64 // seconds by which its cycle is ahead
}

// epoch is when the mileages begin to count, 2026-01-01 in Unix time.
const epoch = 1767225600

// at returns what the train does in a second of Unix time, and how many cycles it has done since the epoch.
func (t *train) at(unix int64) (s *second, cycles int64) {
	i := t.since(unix)
	return &t.timetable.seconds[i], (unix - epoch + t.shift - i) / int64(len(t.timetable.seconds))
}

// since returns how many seconds ago the cycle began.
func (t *train) since(unix int64) int64 {
	n := int64(len(t.timetable.seconds))
	return ((unix-epoch+t.shift)%n + n) % n
}

// wagon is a wagon with its unit.
type wagon struct {
	index, place int // in the fleet; in the train, 1 is the first
	number       string
	train        *train
	kind         kind
	messages     uint64  // distinguishes the ids of its messages
	mileage      float64 // km, at the epoch
	millis       int64   // within a second, when the unit measures
	hot          int     // axle whose bearing runs hot, 0 for none
	broken       int     // axle whose sensor is broken, 0 for none
	loadedOut    bool    // loaded on the way to the far yard and empty on the way back, or the other way round
}

type kind struct {
	class  string  // the letters, as they stand on the wagon
	digits int     // the same within the number
	load   float64 // t, full
	cargo  float64 // Cel, what its cargo is kept at; NaN where nothing measures it
}

var kinds = []kind{
	{"Zacns", 7846, 65.8, 14},
	{"Sgns", 4557, 61.3, math.NaN()},
	{"Habbiins", 2742, 58.4, math.NaN()},
	{"Eanos", 5375, 65.5, math.NaN()},
	{"Ibblps", 8094, 48.2, -18},
}

// countries of registration: Switzerland, Germany, Italy.
var countries = []int{85, 80, 83}

func newWagon(random *rand.Rand, index int, t *train) *wagon {
	k := kinds[random.IntN(len(kinds))]
	w := &wagon{
		index: index, place: index%trainLength + 1, train: t, kind: k,
		number:    wagonNumber(31+2*(index/1000%4), countries[random.IntN(len(countries))], k.digits, (index*77+13)%1000),
		messages:  random.Uint64(),
		mileage:   20000 * random.Float64(),
		millis:    random.Int64N(600),
		loadedOut: random.IntN(4) > 0,
	}
	switch index % trainLength {
	case 3:
		w.hot = 1 + random.IntN(axles)
	case 6:
		w.broken = 1 + random.IntN(axles)
	}
	return w
}

const (
	axles       = 4
	wagonLength = 20      // metres
	hotCycle    = 40 * 60 // seconds in which a bad bearing gets hot, before it is exchanged
	noSensor    = -99.9   // what a unit says of a broken sensor
)

// position returns where the wagon is, behind those before it.
func (w *wagon) position(s *second) (lat, lon float64) {
	along := s.along - wagonLength*float64(w.place)
	if s.back {
		along = s.along + wagonLength*float64(w.place)
	}
	lat, lon, _, _ = w.train.timetable.route.at(along)
	return lat, lon
}

// heading returns whole degrees, 0 is north.
func (w *wagon) heading(s *second) int {
	_, _, heading, _ := w.train.timetable.route.at(s.along)
	if s.back {
		heading += 180
	}
	return int(heading+0.5) % 360
}

// bearing returns the temperature of the bearings of an axle, Cel.
func (w *wagon) bearing(s *second, axle int, measured int64) float64 {
	ambient := 8 + 6*math.Sin(2*math.Pi*float64(measured%86400-32400)/86400)
	t := ambient + s.warmth*(28+2*float64(axle)+float64(w.index%5))
	if axle == w.hot {
		age := float64(measured%hotCycle) / hotCycle
		t += 75 * age * age * s.warmth
	}
	return t
}

// mileageAt returns km; it only grows, also from one run of the program to the next.
func (w *wagon) mileageAt(s *second, cycles int64) float64 {
	return w.mileage + (float64(cycles)*w.train.timetable.distance+s.run)/1000
}
