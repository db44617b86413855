package infer

import (
	"slices"
	"strings"
)

// things are words for what readings are of, in the languages that providers of Europe use.
var things = list("wagon waggon vehicle veh fahrzeug train zug juna tram bus station stop haltestelle halt asema sensor device geraet meter " +
	"zaehler machine maschine asset site anlage charger evse connector ship vessel schiff boat aircraft plane bike scooter dock parking " +
	"parkhaus garage room raum gate pump turbine inverter gateway camera lift elevator locomotive loco lok truck trailer container tank " +
	"buoy gauge pegel house haltepunkt tog uic bpuic didok mmsi imo icao callsign vin")

// canonical is the English name of a thing.
func canonical(thing string) string {
	if name, ok := map[string]string{
		"waggon": "wagon", "veh": "vehicle", "fahrzeug": "vehicle", "zug": "train", "juna": "train", "tog": "train", "haltestelle": "stop",
		"halt": "stop", "haltepunkt": "stop", "uic": "stop", "bpuic": "stop", "didok": "stop", "asema": "station", "geraet": "device", "zaehler": "meter", "maschine": "machine",
		"anlage": "site", "vessel": "ship", "schiff": "ship", "plane": "aircraft", "parkhaus": "parking", "garage": "parking",
		"raum": "room", "loco": "locomotive", "lok": "locomotive", "elevator": "lift", "pegel": "gauge", "evse": "charger",
		"mmsi": "ship", "imo": "ship", "icao": "aircraft", "callsign": "aircraft", "vin": "vehicle",
	}[thing]; ok {
		return name
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
	{list("station stationid site"), list("temperature dewpoint wind humidity precipitation pressure visibility"), 3, "weatherstation"},
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
	case s.levels[f.level].name() != "" && !slices.Contains(wrappers, s.levels[f.level].name()) && !anyThing.has(s.levels[f.level].name()):
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
