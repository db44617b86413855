package infer

import (
	"slices"
	"strings"
)

// unitNames are UCUM codes with words in the name of a field: the last words of a name are looked at first, then all.
var unitNames = lines(`
	km/h      kmh kmph kph
	[mi_i]/h  mph
	[kn_i]    kn kt knots sog
	Cel       celsius degc tempc temp temperature temperatur dewpoint taupunkt lampotila
	[degF]    fahrenheit degf tempf
	K         kelvin
	%         percent percentage pct prozent humidity soc hum feuchte luftfeuchte
	hPa       hpa mbar
	kPa       kpa
	Pa        pressure druck barometric pa
	bar       bar
	kW.h      kwh
	W.h       wh energy
	kW        kw
	MW        mw
	W         watt watts power leistung
	VA        va aprt apparent
	V         voltage volt volts spannung
	A         current amps ampere amperes strom
	Hz        freq frequency frequenz hz
	1         pf cosphi ratio anteil factor
	dB{mW}    rssi dbm
	dB        db
	lx        lux lx illuminance
	[ppm]     ppm co2
	ms        ms millis milliseconds
	s         seconds secs sec uptime sekunden
	min       minutes mins minuten
	h         hours stunden
	deg       hdg heading course bearing cog direction azimuth lat latitude lon lng longitude kurs
	km        kilometers kilometer km mileage
	m         metres meters odo odometer altitude elevation height accuracy visibility distance level pegel wasserstand
	mm        mm precipitation rain niederschlag
	cm        cm
	t         tonnes masst
	kg        kg mass weight gewicht
	L         litres liters
	/min      rpm
	m/s2      acc acceleration
	1         count number num total free available capacity anzahl frei plaetze bikes docks vehicles`)

// Units returns the UCUM codes that are known, each once.
func Units() (units []string) {
	for _, u := range unitNames {
		if !slices.Contains(units, u.name) {
			units = append(units, u.name)
		}
	}
	return units
}

// suffixes are units that stand as one letter at the end of a camelCase name.
var suffixes = map[string]string{"tC": "Cel", "tF": "[degF]", "TempC": "Cel", "tempC": "Cel", "TempF": "[degF]",
	"MassT": "t", "massT": "t"}

// unitOf guesses the unit of a number by its path; "" where nothing tells.
func unitOf(path []string) string {
	if len(path) == 0 {
		return ""
	}
	name := path[len(path)-1]
	for suffix, unit := range suffixes {
		if name == suffix || strings.HasSuffix(name, suffix) {
			return unit
		}
	}
	all := tokens(name)
	for n := len(all) - 1; n >= 0; n-- {
		for _, u := range unitNames {
			if slices.Contains(u.words, all[n]) {
				return u.name
			}
		}
	}
	for _, u := range unitNames {
		if u.words.has(name) {
			return u.name
		}
	}
	return ""
}

// physical reports whether a quantity of the unit may have a fraction.
func physical(unit string) bool { return unit != "" && unit != "1" }

// codes are UCUM codes with what providers write for them, in lower case and without what stands before a colon.
var codes = lines(`
	Cel       degc °c c celsius
	[degF]    degf °f f fahrenheit
	K         k
	%         percent % pct
	km/h      km_h-1 km/h kmh kph
	m/s       m_s-1 m/s mps
	[kn_i]    kn kt knots
	[mi_i]/h  mph
	deg       degree_(angle) deg ° degrees
	Pa        pa
	hPa       hpa mbar
	kPa       kpa
	m3        m3 m³
	L         l
	W         w
	kW        kw
	MW        mw
	W.h       wh
	kW.h      kwh
	MW.h      mwh
	V         v
	mV        mv
	A         a
	mA        ma
	Hz        hz
	VA        va
	lx        lux lx
	[ppm]     ppm
	[ppb]     ppb
	ug/m3     µg/m³ µg/m3 ug/m3
	dB        db
	dB{mW}    dbm
	s         s sec`)

// codeOf returns the UCUM code for what a provider writes: wmoUnit:degC is Cel. What is not known stays as it is.
func codeOf(text string) string {
	short := text[strings.LastIndex(text, ":")+1:]
	for _, c := range codes {
		if slices.Contains(c.words, strings.ToLower(short)) {
			return c.name
		}
	}
	return short
}
