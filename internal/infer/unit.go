package infer

import (
	"slices"
	"strings"
)

// unitNames are UCUM codes by words in the name of a field: the last words of a name are looked at first, then all.
var unitNames = []struct {
	words words
	unit  string
}{
	{list("kmh kmph kph"), "km/h"}, {list("mph"), "[mi_i]/h"}, {list("kn kt knots sog"), "[kn_i]"},
	{list("celsius degc tempc temp temperature temperatur dewpoint taupunkt lampotila"), "Cel"}, {list("fahrenheit degf tempf"), "[degF]"},
	{list("kelvin"), "K"},
	{list("percent percentage pct prozent humidity soc battery-level hum feuchte luftfeuchte"), "%"},
	{list("hpa mbar"), "hPa"}, {list("kpa"), "kPa"}, {list("pressure druck barometric pa"), "Pa"}, {list("bar"), "bar"},
	{list("kwh"), "kW.h"}, {list("wh energy"), "W.h"}, {list("kw"), "kW"}, {list("mw"), "MW"}, {list("watt watts power leistung act-power"), "W"},
	{list("va aprt apparent"), "VA"},
	{list("voltage volt volts spannung"), "V"}, {list("current amps ampere amperes strom"), "A"}, {list("freq frequency frequenz hz"), "Hz"},
	{list("pf cosphi ratio anteil factor"), "1"},
	{list("rssi dbm snr-dbm"), "dB{mW}"}, {list("db"), "dB"}, {list("lux lx illuminance"), "lx"}, {list("ppm co2"), "[ppm]"},
	{list("ms millis milliseconds"), "ms"}, {list("seconds secs sec uptime sekunden"), "s"}, {list("minutes mins minuten"), "min"},
	{list("hours stunden"), "h"},
	{list("hdg heading course bearing cog direction azimuth lat latitude lon lng longitude kurs"), "deg"},
	{list("kilometers kilometer km mileage"), "km"}, {list("metres meters odo odometer altitude elevation height accuracy visibility distance " +
		"level pegel wasserstand"), "m"},
	{list("mm precipitation rain niederschlag"), "mm"}, {list("cm"), "cm"},
	{list("tonnes masst mass-t"), "t"}, {list("kg mass weight gewicht"), "kg"}, {list("litres liters"), "L"},
	{list("rpm"), "/min"}, {list("acc acceleration"), "m/s2"},
	{list("count number num total free available capacity anzahl frei plaetze bikes docks vehicles"), "1"},
}

// suffixes are units that stand as one letter at the end of a camelCase name.
var suffixes = map[string]string{"tC": "Cel", "tF": "[degF]", "TempC": "Cel", "tempC": "Cel", "TempF": "[degF]", "MassT": "t", "massT": "t"}

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
				return u.unit
			}
		}
	}
	for _, u := range unitNames {
		if u.words.has(name) {
			return u.unit
		}
	}
	return ""
}

// physical reports whether a quantity of the unit may have a fraction.
func physical(unit string) bool { return unit != "" && unit != "1" }

// codes are UCUM codes by what providers write for them, in lower case and without what stands before a colon.
var codes = map[string]string{
	"degc": "Cel", "°c": "Cel", "c": "Cel", "celsius": "Cel", "degf": "[degF]", "°f": "[degF]", "f": "[degF]", "fahrenheit": "[degF]", "k": "K",
	"percent": "%", "%": "%", "pct": "%", "km_h-1": "km/h", "km/h": "km/h", "kmh": "km/h", "kph": "km/h", "m_s-1": "m/s", "m/s": "m/s", "mps": "m/s",
	"kn": "[kn_i]", "kt": "[kn_i]", "knots": "[kn_i]", "mph": "[mi_i]/h", "degree_(angle)": "deg", "deg": "deg", "°": "deg", "degrees": "deg",
	"pa": "Pa", "hpa": "hPa", "mbar": "hPa", "kpa": "kPa", "bar": "bar", "m": "m", "mm": "mm", "cm": "cm", "km": "km", "m3": "m3", "m³": "m3",
	"l": "L", "kg": "kg", "g": "g", "t": "t", "w": "W", "kw": "kW", "mw": "MW", "wh": "W.h", "kwh": "kW.h", "mwh": "MW.h", "v": "V", "a": "A",
	"ma": "mA", "mv": "mV", "hz": "Hz", "va": "VA", "var": "var", "lux": "lx", "lx": "lx", "ppm": "[ppm]", "ppb": "[ppb]", "µg/m³": "ug/m3",
	"µg/m3": "ug/m3", "ug/m3": "ug/m3", "db": "dB", "dbm": "dB{mW}", "s": "s", "sec": "s", "ms": "ms", "min": "min", "h": "h", "1": "1",
}

// codeOf returns the UCUM code for what a provider writes: wmoUnit:degC is Cel. What is not known stays as it is.
func codeOf(text string) string {
	short := text[strings.LastIndex(text, ":")+1:]
	if code, ok := codes[strings.ToLower(short)]; ok {
		return code
	}
	return short
}
