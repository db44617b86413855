package wiring

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"
)

// Ensure that the runner looks for the property groups, and for the SQL, where they are.
func TestFlinkRunnerKnowsTheNames(t *testing.T) {
	const folder = "../../functions/extract-flink/src/main/java/digitaltwin/runner/"
	for name, c := range map[string]struct{ file, value string }{
		"TWIN":    {"Bindings.java", FlinkGroup},
		"DATASET": {"Bindings.java", FlinkDataset},
		"PREFIX":  {"Bindings.java", FlinkTablePrefix},
		"SQL":     {"Main.java", "/" + FlinkSQLFile},
	} {
		text, err := os.ReadFile(folder + c.file)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`static final String ` + name + ` = "([^"]*)";`).FindSubmatch(text)
		if found == nil || string(found[1]) != c.value {
			t.Errorf("%s says %s is %q, here it is %q", c.file, name, found, c.value)
		}
	}
	text, err := os.ReadFile(folder + "operator/Counters.java")
	if err != nil {
		t.Fatal(err)
	}
	var counters []string
	for _, m := range regexp.MustCompile(`public static final String \w+ = "(\w+)";`).FindAllSubmatch(text, -1) {
		counters = append(counters, string(m[1]))
	}
	if !slices.Equal(counters, FlinkCounters) {
		t.Errorf("Counters.java has %v, here there are %v", counters, FlinkCounters)
	}
	text, err = os.ReadFile(folder + "Extractor.java")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`"` + FlinkSinkTable + `"`).Match(text) {
		t.Errorf("Extractor.java knows no table %s", FlinkSinkTable)
	}
}

// Ensure that every table gets the options of Flink's Kinesis connector that its stream needs.
func TestFlinkGroups(t *testing.T) {
	const arn = "arn:aws:kinesis:eu-central-1:123456789012:stream/"
	got := Flink{
		Dataset: "wagons",
		Tables: map[string]FlinkSource{
			"old": {StreamARN: arn + "old", Region: "eu-central-1", Start: "TRIM_HORIZON"},
			"now": {StreamARN: arn + "now", Region: "eu-central-1", Start: "LATEST", Consumer: "twin"},
			"at":  {StreamARN: arn + "at", Region: "eu-central-1", Start: "2026-11-28T06:00:00Z"},
		},
		Sink: FlinkSink{StreamARN: arn + "twin", Region: "eu-central-1"},
	}.Groups()
	want := map[string]map[string]string{
		"twin":      {"dataset": "wagons"},
		"table.old": {"stream.arn": arn + "old", "aws.region": "eu-central-1", "source.init.position": "TRIM_HORIZON"},
		"table.now": {"stream.arn": arn + "now", "aws.region": "eu-central-1", "source.init.position": "LATEST",
			"source.reader.type": "EFO", "source.efo.lifecycle": "SELF_MANAGED", "source.efo.consumer.name": "twin"},
		"table.at": {"stream.arn": arn + "at", "aws.region": "eu-central-1", "source.init.position": "AT_TIMESTAMP",
			"source.init.timestamp": "2026-11-28T06:00:00Z", "source.init.timestamp.format": "yyyy-MM-dd'T'HH:mm:ssXXX"},
		"table.digitaltwin": {"stream.arn": arn + "twin", "aws.region": "eu-central-1", "sink.flush-buffer.timeout": "1000"},
	}
	if !maps.EqualFunc(got, want, maps.Equal[map[string]string, map[string]string]) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}
