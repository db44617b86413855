package fleet

import "math"

// A route is a line of places between two yards; trains go to the far yard and come back. The places
// are real, the straight lines between them are not the track.
type route struct {
	limit  float64 // km/h
	places []place // from yard to yard
}

type place struct {
	lat, lon float64
	tunnel   bool // from here to the next place
}

var routes = []route{
	{limit: 90, places: []place{
		{lat: 47.5330, lon: 7.6480},               // Basel SBB RB
		{lat: 47.5390, lon: 7.9490},               // Stein-Säckingen
		{lat: 47.4790, lon: 8.1180, tunnel: true}, // Bözberg, 2.5 km
		{lat: 47.4590, lon: 8.1330},
		{lat: 47.4810, lon: 8.2080}, // Brugg
		{lat: 47.4280, lon: 8.3830}, // Limmattal RB
	}},
	{limit: 100, places: []place{
		{lat: 47.4280, lon: 8.3830},               // Limmattal RB
		{lat: 47.0490, lon: 8.5490},               // Arth-Goldau
		{lat: 46.8370, lon: 8.6480, tunnel: true}, // Gotthard base tunnel, 57 km
		{lat: 46.3830, lon: 8.9130},
		{lat: 46.1950, lon: 9.0290},               // Bellinzona
		{lat: 46.1560, lon: 9.0000, tunnel: true}, // Ceneri base tunnel, 15 km
		{lat: 46.0270, lon: 8.9400},
		{lat: 45.8380, lon: 9.0170}, // Chiasso Smistamento
	}},
	{limit: 100, places: []place{
		{lat: 47.5330, lon: 7.6480},               // Basel SBB RB
		{lat: 47.4530, lon: 7.8890, tunnel: true}, // Hauenstein base tunnel, 8 km
		{lat: 47.3830, lon: 7.9130},
		{lat: 46.9650, lon: 7.4650},               // Bern Wylerfeld
		{lat: 46.5830, lon: 7.6510, tunnel: true}, // Lötschberg base tunnel, 35 km
		{lat: 46.3080, lon: 7.8010},
		{lat: 46.3230, lon: 8.0050, tunnel: true}, // Simplon, 20 km
		{lat: 46.2070, lon: 8.2030},
		{lat: 46.0900, lon: 8.3010}, // Domodossola II
	}},
	{limit: 100, places: []place{
		{lat: 49.4530, lon: 8.5060}, // Mannheim Rbf
		{lat: 48.9940, lon: 8.4000}, // Karlsruhe
		{lat: 47.9960, lon: 7.8410}, // Freiburg
		{lat: 47.5330, lon: 7.6480}, // Basel SBB RB
	}},
}

const (
	earthRadius  = 6371e3
	degree       = math.Pi / 180
	metresDegree = earthRadius * degree // of latitude
)

// metres returns the length of the straight line from a to b, on a plane: good enough within a route.
func metres(a, b place) float64 {
	dy := (b.lat - a.lat) * metresDegree
	dx := (b.lon - a.lon) * metresDegree * math.Cos(a.lat*degree)
	return math.Hypot(dx, dy)
}

func (r *route) length() float64 {
	sum := 0.0
	for i := 1; i < len(r.places); i++ {
		sum += metres(r.places[i-1], r.places[i])
	}
	return sum
}

// at returns the position s metres from the first yard, the heading of a train that goes to the far
// yard (0 is north, 90 east), and whether that is in a tunnel.
func (r *route) at(s float64) (lat, lon, heading float64, tunnel bool) {
	last := len(r.places) - 2
	for i := range r.places[:last+1] {
		a, b := r.places[i], r.places[i+1]
		d := metres(a, b)
		if s > d && i < last {
			s -= d
			continue
		}
		f := min(max(s/d, 0), 1)
		dy := b.lat - a.lat
		dx := (b.lon - a.lon) * math.Cos(a.lat*degree)
		heading = math.Mod(math.Atan2(dx, dy)/degree+360, 360)
		return a.lat + f*(b.lat-a.lat), a.lon + f*(b.lon-a.lon), heading, a.tunnel
	}
	panic("BUG: a route has at least two places")
}
