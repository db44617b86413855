package fleet

import "math"

// A timetable is what a train on a route does in every second of a cycle: stand in the first yard, run to
// the far yard, stand there, and run back. It is made once; after the last second the first one follows.
type timetable struct {
	route    *route
	seconds  []second
	distance float64 // metres in one cycle
}

type second struct {
	along   float64 // metres from the first yard
	run     float64 // metres since the cycle began
	speed   float64 // m/s
	warmth  float64 // 0 cold .. 1 as warm as running at the limit for long
	weighed int32   // when the load was weighed last: seconds since the cycle began, negative in the cycle before
	dark    int32   // seconds since the train entered the tunnel that it is in; 0 outside
	stored  int32   // how long the last tunnel was, in seconds
	out     int32   // seconds since the train left it
	state   state
	braking bool
	back    bool // on the way back to the first yard
	reload  bool // carries what it was given in the far yard
	start   bool // the train sets off
}

// state is the movement state of a wagon.
type state uint8

const (
	parking  state = iota // in a yard, in no train
	standing              // in a train that waits
	moving
)

func (s state) String() string { return [...]string{"parking", "standing", "moving"}[s] }

const (
	yardTime     = 12 * 60  // seconds in a yard
	signalTime   = 90       // seconds before a signal at half way
	acceleration = 0.15     // m/s2, a heavy train
	deceleration = 0.30     // m/s2, a service brake application
	bearingTime  = 10 * 60  // seconds in which a bearing takes on two thirds of a change
	slowEvery    = 11e3     // metres from one speed restriction to the next
	slowLength   = 1200.0   // metres
	slowSpeed    = 60 / 3.6 // m/s
)

// newTimetable drives a train through one cycle.
func newTimetable(r *route) *timetable {
	t := &timetable{route: r}
	length := r.length()
	for _, back := range []bool{false, true} {
		t.park(back, length)
		t.drive(back, 0, length/2, length)
		t.wait(signalTime)
		t.drive(back, length/2, length, length)
	}
	t.distance = t.seconds[len(t.seconds)-1].run
	t.warm()
	t.tunnels()
	return t
}

func (t *timetable) park(back bool, length float64) {
	s := second{back: back, state: parking, braking: true}
	if back {
		s.along = length
	}
	s.run, s.weighed, s.reload = t.last().run, t.last().weighed, t.last().reload
	begin := len(t.seconds)
	for i := range yardTime {
		if i == yardTime/2 {
			s.weighed, s.reload = int32(begin+i), back // loaded or unloaded by now
		}
		t.seconds = append(t.seconds, s)
	}
}

func (t *timetable) wait(seconds int) {
	s := t.last()
	s.speed, s.state, s.braking, s.start = 0, standing, true, false
	for range seconds {
		t.seconds = append(t.seconds, s)
	}
}

// drive goes from metre to metre of the way, which counts from the yard where the train set off.
func (t *timetable) drive(back bool, from, to, length float64) {
	s := t.last()
	s.state, s.back, s.start, s.speed = moving, back, true, 0
	for way := from; way < to; {
		target := t.target(way)
		// Brake when the train would not stop in time otherwise, or is too fast for what lies ahead.
		ahead := t.target(way + s.speed*s.speed/(2*deceleration))
		s.braking = s.speed*s.speed/(2*deceleration) >= to-way || s.speed > min(target, ahead)+1
		if s.braking {
			s.speed = max(s.speed-deceleration, 1)
		} else {
			s.speed = min(s.speed+acceleration, target)
		}
		step := min(s.speed, to-way)
		way += step
		s.run += step
		s.along = way
		if back {
			s.along = length - way
		}
		t.seconds = append(t.seconds, s)
		s.start = false
	}
}

// target returns the speed that is allowed at a metre of the way, m/s.
func (t *timetable) target(way float64) float64 {
	if math.Mod(way, slowEvery) > slowEvery-slowLength {
		return slowSpeed
	}
	return t.route.limit / 3.6 * (0.95 + 0.05*math.Sin(way/3000))
}

func (t *timetable) last() second {
	if len(t.seconds) == 0 {
		return second{}
	}
	return t.seconds[len(t.seconds)-1]
}

// warm lets the bearings follow the speed. The second time round they begin as warm as the cycle ends,
// and the load of the first yard is that which was set at the end of the cycle before.
func (t *timetable) warm() {
	limit := t.route.limit / 3.6
	warmth := 0.0
	for range 2 {
		for i := range t.seconds {
			warmth += (t.seconds[i].speed/limit - warmth) / bearingTime
			t.seconds[i].warmth = warmth
		}
	}
	weighed := t.last().weighed - int32(len(t.seconds))
	for i := range yardTime / 2 {
		t.seconds[i].weighed, t.seconds[i].reload = weighed, true
	}
}

// tunnels notes where a train is without coverage, and how long it was.
func (t *timetable) tunnels() {
	var dark, stored, out int32
	for i := range t.seconds {
		s := &t.seconds[i]
		_, _, _, tunnel := t.route.at(s.along)
		switch {
		case tunnel:
			dark++
		case dark > 0:
			stored, out, dark = dark, 0, 0
		default:
			out++
		}
		s.dark, s.stored, s.out = dark, stored, out
	}
}
