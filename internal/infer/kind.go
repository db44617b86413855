package infer

import (
	"slices"
	"strings"
)

// things are words for what readings are of, in the languages that providers of Europe use.
var things = withForeign(list(`
	wagon vehicle train tram bus station stop sensor device meter machine asset site charger connector ship boat
	aircraft bike scooter dock parking room gate pump turbine inverter gateway camera lift locomotive truck
	trailer container tank buoy gauge house`))

func withForeign(all words) words {
	for _, e := range english {
		all = append(all, e.words...)
	}
	return all
}

// english are the names that components get of the words of other languages, and of ids that only one kind of thing
// has.
var english = lines(`
	wagon       waggon
	vehicle     veh fahrzeug vin
	train       zug juna tog junanumero
	stop        haltestelle halt haltepunkt uic bpuic didok
	station     asema
	device      geraet
	meter       zaehler
	machine     maschine
	site        anlage
	ship        vessel schiff mmsi imo
	aircraft    plane icao callsign
	parking     parkhaus garage
	room        raum
	locomotive  loco lok
	lift        elevator
	gauge       pegel
	charger     evse`)

// canonical is the English name of a thing.
func canonical(thing string) string {
	for _, e := range english {
		if slices.Contains(e.words, thing) {
			return e.name
		}
	}
	return thing
}

// runs are words for things that happen once a day under one number, so that the day belongs to the name.
var runs = list("train zug juna tog trip fahrt run flight journey course service voyage")

// refined are kinds that a kind becomes where the names of the other fields say more.
var refined = []struct {
	from  words // "" for a kind that nothing tells
	words words
	least int // so many of the words
	to    string
}{
	{list("station dock"), list("bike bikes dock docks bicycle ebike scooter"), 2, "bikestation"},
	{list("station stationid site"), list("temperature dewpoint wind humidity precipitation pressure visibility"), 3,
		"weatherstation"},
	{list("station site"), list("connector evse charger charging"), 1, "charger"},
	{list("device meter component"), list("power voltage current energy freq pf"), 3, "meter"},
	{list("station"), list("scheduled actual arrival departure platform track"), 2, "stop"},
	{list("component device"), list("parking parkplatz parkhaus"), 1, "parking"},
}

// kindOf names the kind of things that a field of a scope identifies.
func (s *scope) kindOf(f *field, dataset string) string {
	kind := ""
	name := f.name()
	if f.segment > 0 {
		name = ""
	}
	switch {
	case things.has(name):
		kind = canonical(things.in(name))
	case runs.has(name):
		kind = "trip"
	case len(f.path) > 1 && things.has(f.path[len(f.path)-2]):
		kind = canonical(things.in(f.path[len(f.path)-2]))
	case things.has(s.levels[f.level].name()):
		kind = canonical(things.in(s.levels[f.level].name()))
	case things.has(dataset):
		kind = canonical(things.in(dataset))
	case macWords.has(name):
		kind = "device"
	case s.levels[f.level].name() != "" && !slices.Contains(wrappers, s.levels[f.level].name()) &&
		!anyThing.has(s.levels[f.level].name()):
		kind = strings.ToLower(strings.Join(tokens(s.levels[f.level].name()), ""))
	default:
		kind = "component"
	}
	var names []string
	for at := range s.levels {
		for _, other := range s.fields(at) {
			names = append(names, other.path...)
		}
		paths, _ := s.lists(at)
		for _, p := range paths {
			names = append(names, p...)
		}
	}
	for _, r := range refined {
		if !r.from.has(kind) {
			continue
		}
		n := 0
		for _, w := range r.words {
			if (words{w}).inAny(names) {
				n++
			}
		}
		if n >= r.least {
			return r.to
		}
	}
	return kind
}

// anyThing are names of elements that say nothing of what they are.
var anyThing = list("feature entity item record element result row entry member hit")

var macWords = list("mac imei serial deveui eui device geraet")
