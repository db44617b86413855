package constructs_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// coreAlarms and datasetAlarms are what an operator is woken for.
var (
	coreAlarms = []string{
		"ApiFails", "ApiSlow", "ApplyBehind", "ApplyFails", "ApplyGaveUp", "ApplyThrottled", "OperateFails", "QueryFails",
		"QueryThrottled",
		"RotationFails", "RunStalled", "StreamFull", "TableFaulty", "TableThrottled", "Tokens",
	}
	someCoreAlarms = map[string][]string{ // by environment
		"prod": {"FirewallBlocks"}, "full": append([]string{"FirewallBlocks", "CustomOldWagons", "CustomFewBuses"},
			feedAlarms...),
		"demand": append([]string{"FirewallBlocks", "TableNearCap"}, feedAlarms...),
	}
	feedAlarms = []string{"TellFails", "TellThrottled", "TellBehind", "TellGaveUp", "Untold", "FollowFails",
		"FollowersFull"}
	datasetAlarms = []string{"ExtractBehind", "ExtractFails", "ExtractGaveUp", "ExtractThrottled", "Rejects", "Silent"}
	objectAlarms  = []string{"ObjectsBehind", "ObjectsFails", "ObjectsGaveUp", "ObjectsThrottled", "Rejects", "Silent"}
	flinkAlarms   = []string{"FlinkCheckpoints", "FlinkFailed", "FlinkRestarts", "Silent"}
	putAlarms     = []string{"ProcessorFails", "ProcessorThrottled", "Rejects", "Silent"}
)

// Ensure that an environment with alarms has all of them in each of its stacks, that each says what to do and goes
// to the topic, also when it is over, and that an environment without alarms pays for none.
func TestAlarms(t *testing.T) {
	a := everything(t)
	for _, s := range a.Stacks {
		var got, want []string
		for _, r := range s.Resources {
			if r.Type != "AWS::CloudWatch::Alarm" {
				continue
			}
			got = append(got, r.Name()[strings.LastIndexByte(r.Name(), '/')+1:])
			topic := "${Twin/AlarmTopic}"
			switch {
			case s.Environment == "full" && strings.HasPrefix(r.Text("AlarmDescription"), "[warning]"):
				topic = "arn:aws:sns:eu-central-1:123456789012:office"
			case s.Environment == "demand":
				topic = "arn:aws:sns:eu-central-1:123456789012:operators"
			case s.Name != "DigitalTwin-"+s.Environment: // by its name, without an export
				topic = "arn:aws:sns:eu-central-1:123456789012:DigitalTwin-" + s.Environment + "-alarms"
			}
			if r.Text("AlarmActions") != topic || r.Text("OKActions") != topic {
				t.Errorf("%s goes to %q and %q, want %s", r.Path, r.Text("AlarmActions"), r.Text("OKActions"), topic)
			}
		}
		switch core := s.Name == "DigitalTwin-"+s.Environment; {
		case s.Environment == "dev":
		case core:
			want = slices.Concat(coreAlarms, someCoreAlarms[s.Environment])
			if s.Environment == "sources" { // whose tokens come from an issuer of its own
				want = slices.DeleteFunc(want, func(a string) bool { return a == "Tokens" || a == "RotationFails" })
			}
			slices.Sort(want)
		case s.Name == "DigitalTwin-full-wagon-telemetry": // which is paused, and so is silent
			want = datasetAlarms[:len(datasetAlarms)-1]
		case strings.HasSuffix(s.Name, "-twin-canary"): // which its own alarm is for
			want = append([]string{"CanaryFailed"}, datasetAlarms[:len(datasetAlarms)-1]...)
		case s.Name == "DigitalTwin-sources-hsl-hfp":
			want = objectAlarms
		case s.Name == "DigitalTwin-sources-wagon-telemetry":
			want = putAlarms
		case s.Name == "DigitalTwin-sources-shelly-pro3em", s.Name == "DigitalTwin-full-wagon-motion":
			want = flinkAlarms
		case s.Name == "DigitalTwin-sources-sbb-istdaten": // which is irregular
			want = datasetAlarms[:len(datasetAlarms)-1]
		default:
			want = datasetAlarms
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s has the alarms %v\nwant %v", s.Name, got, want)
		}
	}
}

// Ensure that alarms go off for what the settings say, and look at metrics that are there.
func TestAlarmBounds(t *testing.T) {
	a := everything(t)
	for name, want := range map[string]float64{
		"Twin/Alarms/ApplyBehind": 180_000, "Twin/Alarms/ApiSlow": 900, "Pipeline/Alarms/Rejects": 2,
		"Pipeline/Alarms/ExtractBehind": 180_000,
	} {
		if got := a.one(t, "full", name).Get("Threshold"); got != want {
			t.Errorf("full: %s goes off above %v, want %v", name, got, want)
		}
	}
	for name, want := range map[string]float64{"Twin/Alarms/ApplyBehind": 300_000, "Twin/Alarms/ApiSlow": 2000,
		"Pipeline/Alarms/Rejects": 5} {
		if got := a.one(t, "prod", name).Get("Threshold"); got != want {
			t.Errorf("prod: %s goes off above %v, want %v", name, got, want)
		}
	}
	rejects := a.one(t, "prod", "Pipeline/Alarms/Rejects").Text("Metrics")
	for _, want := range []string{`"MetricName":"Rejects"`, `"MetricName":"Records"`, `"Namespace":"DigitalTwin"`,
		`"Value":"prod"`, "100 * FILL(rejects, 0) / records"} {
		if !strings.Contains(rejects, want) {
			t.Errorf("the share of rejects is without %s: %s", want, rejects)
		}
	}
	silent := a.one(t, "prod", "Pipeline/Alarms/Silent")
	if silent.Get("TreatMissingData") != "breaching" || silent.Get("Period") != 300.0 ||
		silent.Get("EvaluationPeriods").(float64) < 3 {
		t.Errorf("a silent dataset is found by %v", silent.Properties)
	}
	// A batch that was given up is counted by the event source mapping, if it is told to.
	for _, m := range a.All("AWS::Lambda::EventSourceMapping") {
		if m.Name() == "Pipeline/Objects/Trigger" {
			continue // what it gives up is in a queue
		}
		if got := m.Text("MetricsConfig", "Metrics"); (got == "EventCount") != (m.Stack.Environment != "dev") {
			t.Errorf("%s counts %q", m.Path, got)
		}
	}
	if got := a.one(t, "prod", "Twin/Alarms/ApplyGaveUp").Text("Metrics"); !strings.Contains(got,
		`"Value":{"Ref":"TwinApplyTrigger`) {
		t.Errorf("it is not about the trigger of Apply: %s", got)
	}
}

// Ensure that the topic is for alarms only: CloudWatch publishes for this account's alarms, over TLS, with the
// topic's own key; and that the addresses in the settings are subscribed.
func TestAlarmTopic(t *testing.T) {
	a := everything(t)
	for _, e := range []string{"prod", "full"} {
		if got := a.one(t, e, "Twin/AlarmTopic").Text("KmsMasterKeyId"); got != "${Twin/AlarmsKey.Arn}" {
			t.Errorf("%s: the topic is encrypted with %s", e, got)
		}
		if a.Output("DigitalTwin-"+e, "AlarmTopicArn") != "${Twin/AlarmTopic}" {
			t.Errorf("%s does not say where alarms go", e)
		}
	}
	allowed := 0
	for _, s := range a.statements() {
		if s.owner.Type != "AWS::SNS::TopicPolicy" {
			continue
		}
		if s.effect == "Deny" {
			if !slices.Contains(s.when, "Bool aws:SecureTransport false") {
				t.Errorf("%s: %s", s.owner.Path, s)
			}
			continue
		}
		allowed++
		if !slices.Equal(s.actions, []string{"sns:Publish"}) ||
			!slices.Equal(s.principals, []string{"cloudwatch.amazonaws.com"}) || !s.asks("aws:SourceAccount") ||
			!s.asks("aws:SourceArn") {
			t.Errorf("%s: %s", s.owner.Path, s)
		}
	}
	if allowed != 3 {
		t.Errorf("%d statements let somebody publish, want one for each topic", allowed)
	}
	subscriptions := a.In("full", "AWS::SNS::Subscription")
	for _, s := range subscriptions {
		if s.Text("Protocol") != "email" || s.Text("Endpoint") != "operator@example.com" {
			t.Errorf("%s: %v", s.Path, s.Properties)
		}
	}
	if len(subscriptions) != 1 {
		t.Errorf("subscriptions %v", slices.Sorted(maps.Keys(subscriptions)))
	}
	for _, e := range []string{"dev", "demand"} {
		if len(a.In(e, "AWS::SNS::Topic")) > 0 {
			t.Errorf("%s has a topic", e)
		}
	}
}
