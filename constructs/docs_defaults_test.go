package constructs_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
)

// plain is an environment in which every setting has its default, and where something is only there if it is asked for,
// it is.
const plain = `{"plain": {"removal": "destroy", "firewall": {}, "alarms": {},
	"capacity": {"read": {"min": 1, "max": 2}, "write": {"min": 1, "max": 2}},
	"datasets": {"wagon_telemetry": {}, "shelly_pro3em": {"engine": "flink"}}}}`

// Ensure that the defaults that the documents state are those of the templates.
func TestDocumentedDefaults(t *testing.T) {
	a, err := synthesizeWith(t, plain, extractors.All())
	if err != nil {
		t.Fatal(err)
	}
	value := func(resource string, path ...string) string {
		return fmt.Sprint(a.one(t, "plain", resource).Get(path...))
	}
	first := func(resource, list string, path ...string) string {
		all, ok := a.one(t, "plain", resource).Get(strings.Split(list, ".")...).([]any)
		if !ok || len(all) == 0 {
			t.Fatalf("%s has no %s", resource, list)
		}
		v := all[0]
		for _, p := range path {
			v = v.(map[string]any)[p]
		}
		return fmt.Sprint(v)
	}
	per := func(n int, text string) string { // of the unit that the documents use
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(v / float64(n))
	}
	const stage, flink = "Twin/Api/DeploymentStage.twin", "ApplicationConfiguration FlinkApplicationConfiguration "
	application := func(path string) string {
		return value("Pipeline/Flink/Application", strings.Fields(flink+path)...)
	}
	documented := documentedDefaults(t)
	for setting, want := range map[string]string{
		"logDays":                    value("Twin/Apply/Logs", "RetentionInDays"),
		"rejectDays":                 first("Twin/Rejects", "LifecycleConfiguration.Rules", "ExpirationInDays"),
		"environment shards":         value("Twin/Stream", "ShardCount"),
		"environment retentionHours": value("Twin/Stream", "RetentionPeriodHours"),
		"dataset retentionHours":     value("Pipeline/Source", "RetentionPeriodHours"),
		"environment retryHours":     per(3600, value("Twin/Apply/Trigger", "MaximumRecordAgeInSeconds")),
		"dataset retryHours":         per(3600, value("Pipeline/Extract/Trigger", "MaximumRecordAgeInSeconds")),
		"dataset shards":             value("Pipeline/Source", "ShardCount"),
		"capacity.utilisation": value("Twin/Table/ReadScaling/Target/Tracking",
			"TargetTrackingScalingPolicyConfiguration", "TargetValue"),
		"rate": first(stage, "MethodSettings", "ThrottlingRateLimit"),
		// times rate
		"firewall.rate":           per(100, first("Twin/Firewall", "Rules", "Statement", "RateBasedStatement", "Limit")),
		"tokenMinutes":            value("Twin/Users/Machine", "AccessTokenValidity"),
		"secretGraceDays":         value("Twin/Rotate/Function", "Environment", "Variables", "TWIN_SECRET_GRACE_DAYS"),
		"alarms.behindMinutes":    per(60_000, value("Twin/Alarms/ApplyBehind", "Threshold")),
		"alarms.latencyMillis":    value("Twin/Alarms/ApiSlow", "Threshold"),
		"alarms.rejectPercent":    value("Pipeline/Alarms/Rejects", "Threshold"),
		"batch":                   value("Pipeline/Extract/Trigger", "BatchSize"),
		"windowSeconds":           value("Pipeline/Extract/Trigger", "MaximumBatchingWindowInSeconds"),
		"parallel":                value("Pipeline/Extract/Trigger", "ParallelizationFactor"),
		"start":                   value("Pipeline/Extract/Trigger", "StartingPosition"),
		"flink.parallelism":       application("ParallelismConfiguration Parallelism"),
		"flink.parallelismPerKpu": application("ParallelismConfiguration ParallelismPerKPU"),
		"flink.autoScaling":       application("ParallelismConfiguration AutoScalingEnabled"),
		"flink.checkpointSeconds": per(1000, application("CheckpointConfiguration CheckpointInterval")),
	} {
		if got := documented[setting]; got != want {
			t.Errorf("%s: the documents say %q, and the template %q", setting, got, want)
		}
	}
	if rate, burst := first(stage, "MethodSettings", "ThrottlingRateLimit"),
		first(stage, "MethodSettings", "ThrottlingBurstLimit"); per(2, burst) != rate {
		t.Errorf("burst is %s and not twice the rate, %s", burst, rate)
	}
	retained := fmt.Sprint(everything(t).one(t, "prod", "Twin/Table").Get("PointInTimeRecoverySpecification",
		"RecoveryPeriodInDays"))
	if got := documented["recoveryDays"]; got != retained {
		t.Errorf("recoveryDays: the documents say %q, and the template %q", got, retained)
	}
}

var (
	firstNumber = regexp.MustCompile(`\d[\d,]*`)
	word        = regexp.MustCompile("^`([^`]+)`$")
)

// documentedDefaults are the defaults of the tables of settings: a word in backquotes, or the first number. The names
// that both tables have begin with the name of theirs.
func documentedDefaults(t *testing.T) map[string]string {
	t.Helper()
	defaults, in := map[string]string{}, map[string]int{}
	tables := strings.Split(section(t, "Settings"), "Of a dataset")
	for i, kind := range []string{"environment", "dataset"} {
		for _, row := range rowsOf(tables[i]) {
			text := strings.TrimSpace(row[1])
			if m := word.FindStringSubmatch(text); m != nil {
				text = m[1]
			} else if n := firstNumber.FindString(text); n != "" {
				text = strings.ReplaceAll(n, ",", "")
			}
			for _, name := range names(row[0]) {
				in[name]++
				defaults[name], defaults[kind+" "+name] = text, text
			}
		}
	}
	for name, n := range in {
		if n > 1 {
			delete(defaults, name)
		}
	}
	return defaults
}
