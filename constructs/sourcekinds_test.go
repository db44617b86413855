package constructs_test

import (
	"encoding/json"
	"slices"
	"testing"
)

// Ensure that enhanced fan-out reads through a consumer of its own, from where it is told.
func TestFanOut(t *testing.T) {
	a := everything(t)
	const stack = "DigitalTwin-sources-oslo-bysykkel-gbfs"
	m := a.inStack(t, stack, "Pipeline/Extract/Trigger")
	consumer := a.inStack(t, stack, "Pipeline/Consumer")
	if m.Text("EventSourceArn") != "${Pipeline/Consumer.ConsumerARN}" || m.Text("StartingPosition") != "LATEST" {
		t.Errorf("it reads %s from %s", m.Text("EventSourceArn"), m.Text("StartingPosition"))
	}
	if consumer.Text("StreamARN") != "${Pipeline/Source.Arn}" {
		t.Errorf("the consumer is of %s", consumer.Text("StreamARN"))
	}
	if !may(a, "Pipeline/Extract/Policy", "kinesis:SubscribeToShard", "${Pipeline/Consumer.ConsumerARN}") {
		t.Error("the role may not subscribe")
	}
	if got := a.inStack(t, stack, "Pipeline/Source").Text("StreamModeDetails", "StreamMode"); got != "ON_DEMAND" {
		t.Errorf("the new stream is %s", got)
	}
}

// Ensure that objects become readings: a rule names new ones below the prefix to a queue, which only it may fill,
// and what cannot be read for 20 hours goes to another.
func TestObjects(t *testing.T) {
	a := everything(t)
	rule, queue := a.one(t, "sources", "Pipeline/Created"), a.one(t, "sources", "Pipeline/Objects/Queue")
	pattern, err := json.Marshal(rule.Get("EventPattern"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"detail":{"bucket":{"name":["lake-of-positions"]},"object":{"key":[{"prefix":"positions/"}]}},"detail-type":["Object Created"],"source":["aws.s3"]}`
	if string(pattern) != want {
		t.Errorf("the rule is about %s", pattern)
	}
	if !slices.ContainsFunc(a.statements(), func(s *statement) bool {
		return s.owner.Type == "AWS::SQS::QueuePolicy" && slices.Equal(s.principals, []string{"events.amazonaws.com"}) &&
			slices.Equal(s.actions, []string{"sqs:SendMessage"}) &&
			slices.Contains(s.when, "ArnEquals aws:SourceArn ${Pipeline/Created.Arn}")
	}) {
		t.Error("the rule may not fill the queue, or not the rule alone")
	}
	redrive := queue.Get("RedrivePolicy").(map[string]any)
	if tries, hidden := redrive["maxReceiveCount"].(float64),
		queue.Get("VisibilityTimeout").(float64); tries*hidden < 19.5*3600 || tries*hidden > 20*3600 {
		t.Errorf("it is tried %v times, every %v seconds; want for 20 hours", tries, hidden)
	}
	f := a.one(t, "sources", "Pipeline/Objects/Function")
	if f.Get("Timeout").(float64) >= queue.Get("VisibilityTimeout").(float64) {
		t.Error("a message is shown again while its object is read")
	}
	if got := f.Text("Environment", "Variables", "TWIN_SOURCES"); got != `{"hsl_hfp":"lake-of-positions/positions/"}` {
		t.Errorf("the function is told %s", got)
	}
	trigger := a.one(t, "sources", "Pipeline/Objects/Trigger")
	if trigger.Text("EventSourceArn") != "${Pipeline/Objects/Queue.Arn}" ||
		trigger.Text("FunctionResponseTypes") != "ReportBatchItemFailures" {
		t.Errorf("the trigger is %v", trigger.Properties)
	}
	if !may(a, "Pipeline/Objects/Policy", "s3:GetObject", "arn:aws:s3:::lake-of-positions/positions/*") {
		t.Error("the role may not read the objects")
	}
}

// Ensure that a processor can be called by the role of its delivery stream and by nobody else, and that whoever
// sets it there is told its ARN.
func TestDirectPuts(t *testing.T) {
	a := everything(t)
	const role = "arn:aws:iam::123456789012:role/wagons-to-s3"
	var actions []string
	for _, p := range a.All("AWS::Lambda::Permission") {
		if p.Text("FunctionName") == "${Pipeline/Processor/Function.Arn}" {
			actions = append(actions, p.Text("Action"))
			if p.Text("Principal") != role {
				t.Errorf("%s may %s", p.Text("Principal"), p.Text("Action"))
			}
		}
	}
	slices.Sort(actions)
	if want := []string{"lambda:GetFunctionConfiguration", "lambda:InvokeFunction"}; !slices.Equal(actions, want) {
		t.Errorf("the role may %v, want %v", actions, want)
	}
	if got := a.Output("DigitalTwin-sources-wagon-telemetry",
		"ProcessorArn"); got != "${Pipeline/Processor/Function.Arn}" {
		t.Errorf("the output is %q", got)
	}
}

// Ensure that the owner of a stream of another account is told which role to let in.
func TestReaderOfAForeignStream(t *testing.T) {
	if got := everything(t).Output("DigitalTwin-full-hsl-hfp", "ReaderArn"); got != "${Pipeline/Extract/Role.Arn}" {
		t.Errorf("the output is %q", got)
	}
}
