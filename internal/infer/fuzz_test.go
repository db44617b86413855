package infer

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// Ensure that whatever the samples hold, there is an error that says what is wrong, or an extractor that compiles.
func FuzzInfer(f *testing.F) {
	for _, name := range []string{"basel_parking/basel.json", "shelly_pro3em/status.json",
		"sbb_istdaten/ist-daten-2016-09-25-sample.csv"} {
		text, err := os.ReadFile("../../extractors/testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text[:min(len(text), 3000)])
	}
	for _, text := range seeds {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		files, err := sample.Read([]string{"-"}, bytes.NewReader(text))
		if err != nil {
			return
		}
		d, err := Infer(files, Options{Dataset: "fuzz"})
		if err == nil {
			_, err = d.Check(files)
		}
		if err != nil && strings.Contains(err.Error(), "BUG") {
			t.Fatal(err)
		}
	})
}

// seeds are records of many forms.
var seeds = []string{
	`{"deviceId":"a-17","metric":"temperature","value":21.5,"unit":"°C","ts":1743466326123}
{"deviceId":"b-2","metric":"state","value":"on","unit":"","ts":1743466327123}`,
	`{"updated":"2025-01-02T03:04:05Z","sensors":{"0x00124b01":{"t":21.5},"0x00124b02":{"t":20.5},"0x00124b03":{"t":null}}}`,
	`{"type":"FeatureCollection","features":[{"id":"urn:1","geometry":{"type":"Point","coordinates":[8.5,47.4]},` +
		`"properties":{"measured":"2025-01-02T03:04:05.12+01:00","no2":{"value":30,"unit":"µg/m³"}}}]}`,
	"Ort;Datum;Uhrzeit;Stand [cm]\nKöln;01.02.2025;10:15;345,5\nBonn;01.02.2025;10:15;-\n",
	`{"type":"a","v":1,"time":"2025-01-02T03:04:05Z","p":{"lat":47.1,"lon":8.1}}
{"type":"b","v":2,"time":"2025-01-02 03:04:05","p":"x","acc":{"x":1,"y":2,"z":3}}`,
	`[{"trainNumber":1,"departureDate":"2020-07-15","rows":[{"station":"HKI","type":"DEP","actualTime":"2020-07-15T03:52:36.000Z",` +
		`"causes":[]},{"station":"HKI","type":"ARR","actualTime":"2020-07-15T03:57:31.000Z","causes":[{"code":"A"}]}]}]`,
	`{"id":"x","ts":1743466326,"axles":[{"n":1,"t":-99.9},{"n":2,"t":20},{"n":3,"t":21}],"list":[1,2],"deep":[[1]],"e":[],"m":{"1":2,"2":3}}`,
	`{"time":1710000000,"states":[["3c6444","DLH9LF  ",1709999999,6.15,false],["3c6445","DLH1  ",null,7.15,true]]}`,
	"\xef\xbb\xbf{\"value\":1,\"`a`b\":\"2025-01-02T03:04:05+0100\",\"select\":true,\"\":{\"\":1}}",
}
