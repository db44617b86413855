package cost

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/assembly"
)

// ReadPlan reads what is paid for in an environment out of its templates.
func ReadPlan(a *assembly.App, environment string) (Plan, error) {
	names := slices.Compact(slices.Sorted(a.Environments()))
	if !slices.Contains(names, environment) {
		return Plan{}, fmt.Errorf("cost: %s has no environment %q; it has %s", a.Dir, environment, strings.Join(names, ", "))
	}
	r := reader{a, environment, &Plan{Environment: environment}}
	if a.Find(environment, "Twin/Table") == nil {
		return Plan{}, fmt.Errorf("cost: %s has no Twin/Table: npx cdk synth writes the place of each resource",
			environment)
	}
	r.core()
	r.streams()
	r.table()
	r.datasets()
	r.functions()
	return *r.plan, nil
}

type reader struct {
	app         *assembly.App
	environment string
	plan        *Plan
}

func (r reader) all(kind string) []*assembly.Resource {
	return slices.DeleteFunc(r.app.All(kind),
		func(res *assembly.Resource) bool { return res.Stack.Environment != r.environment })
}

func (r reader) core() {
	p := r.plan
	p.Region = r.app.Find(r.environment, "Twin/Table").Stack.Region
	p.Keys, p.Secrets, p.Dashboards = len(r.all("AWS::KMS::Key")), len(r.all("AWS::SecretsManager::Secret")),
		len(r.all("AWS::CloudWatch::Dashboard"))
	for _, alarm := range r.all("AWS::CloudWatch::Alarm") {
		looks := 0
		list, _ := alarm.Get("Metrics").([]any)
		for _, e := range list {
			if e.(map[string]any)["MetricStat"] != nil {
				looks++
			}
		}
		p.AlarmMetrics += max(looks, 1)
	}
	for _, acl := range r.all("AWS::WAFv2::WebACL") {
		p.Firewall = true
		rules, _ := acl.Get("Rules").([]any)
		p.FirewallRules = len(rules)
	}
	p.Page = len(r.all("AWS::CloudFront::Distribution")) > 0
	for _, stage := range r.all("AWS::ApiGateway::Stage") {
		p.Logs.Access = lineLength(stage.Text("AccessLogSetting", "Format"))
	}
}

// lengths are the typical lengths of what API Gateway puts into a line of the access log.
var lengths = map[string]int{
	"requestId": 36, "identity.sourceIp": 14, "authorizer.claims.client_id": 26, "authorizer.client": 36, "httpMethod": 3,
	"path":   45,
	"status": 3, "error.responseType": 1, "responseLength": 4, "responseLatency": 2,
}

// lineLength is how long a line of the access log is that has this format.
func lineLength(format string) int {
	var fields map[string]string
	if json.Unmarshal([]byte(format), &fields) != nil {
		return len(format)
	}
	n := len("{}")
	for name, v := range fields {
		known, ok := lengths[strings.TrimPrefix(v, "$context.")]
		if !ok {
			known = len(v)
		}
		n += len(name) + known + len(`"":"",`)
	}
	return n
}

func (r reader) streams() {
	consumers := map[string]int{}
	for _, c := range r.all("AWS::Kinesis::StreamConsumer") {
		consumers[streamOf(c, "StreamARN")]++
	}
	for _, s := range r.all("AWS::Kinesis::Stream") {
		stream := Stream{Name: s.Name(), Shards: int(num(s, "ShardCount")),
			RetentionHours: int(num(s, "RetentionPeriodHours")), Consumers: consumers[place(s)]}
		if !strings.HasPrefix(s.Name(), "Twin/") {
			stream.Dataset = datasetOf(s.Stack)
		}
		r.plan.Streams = append(r.plan.Streams, stream)
	}
}

// place is what tells a resource from others of the app.
func place(r *assembly.Resource) string { return r.Stack.Name + " " + r.ID }

// places writes references by their places.
type places struct{}

func (places) Resource(r *assembly.Resource, _ string) string { return place(r) }
func (places) Pseudo(name string) string                      { return name }

// streamOf is the place of the stream that a property refers to, or the ARN of one that is not of the environment.
func streamOf(r *assembly.Resource, property string) string {
	return r.Stack.Resolve(r.Get(property), places{})
}

// datasetOf is the dataset of a stack, by its entry in the catalogue; empty for the core.
func datasetOf(s *assembly.Stack) string {
	for _, id := range slices.Sorted(maps.Keys(s.Resources)) {
		r := s.Resources[id]
		var named struct{ Name string }
		if r.Type == "Custom::DigitalTwinDataset" && json.Unmarshal([]byte(r.Text("Dataset")), &named) == nil {
			return named.Name
		}
	}
	return ""
}

func (r reader) table() {
	t := r.app.Find(r.environment, "Twin/Table")
	p := &r.plan.Table
	p.Recovery = t.Get("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") == true
	indexes, _ := t.Get("GlobalSecondaryIndexes").([]any)
	p.Indexes = len(indexes)
	p.Provisioned = t.Text("BillingMode") != "PAY_PER_REQUEST"
	for _, target := range r.all("AWS::ApplicationAutoScaling::ScalableTarget") {
		c := Capacity{int(num(target, "MinCapacity")), int(num(target, "MaxCapacity"))}
		switch target.Text("ScalableDimension") {
		case "dynamodb:table:ReadCapacityUnits":
			p.Read = c
		case "dynamodb:table:WriteCapacityUnits":
			p.Write = c
		case "dynamodb:index:ReadCapacityUnits":
			p.IndexRead = c
		case "dynamodb:index:WriteCapacityUnits":
			p.IndexWrite = c
		}
	}
	for _, policy := range r.all("AWS::ApplicationAutoScaling::ScalingPolicy") {
		p.Utilisation = num(policy, "TargetTrackingScalingPolicyConfiguration", "TargetValue") / 100
	}
}

func (r reader) datasets() {
	shards := map[string]int{}
	for _, s := range r.all("AWS::Kinesis::Stream") {
		shards[place(s)] = int(num(s, "ShardCount"))
	}
	for _, s := range r.app.Stacks {
		name := datasetOf(s)
		if s.Environment != r.environment || name == "" {
			continue
		}
		d := Dataset{Name: name, Shards: 1}
		for _, id := range slices.Sorted(maps.Keys(s.Resources)) {
			switch res := s.Resources[id]; res.Type {
			case "AWS::Lambda::EventSourceMapping":
				if num(res, "ParallelizationFactor") == 0 {
					continue // of a queue
				}
				d.Trigger = triggerOf(res)
				r.count(res)
			case "AWS::Kinesis::Stream":
				d.OwnStream, d.Shards = true, max(shards[place(res)], 1)
			case "AWS::KinesisAnalyticsV2::Application":
				of := []string{"ApplicationConfiguration", "FlinkApplicationConfiguration", "ParallelismConfiguration"}
				parallelism, perUnit := num(res, append(of, "Parallelism")...), num(res, append(of, "ParallelismPerKPU")...)
				d.FlinkUnits = 1 + int(math.Ceil(parallelism/perUnit))
			}
		}
		r.plan.Datasets = append(r.plan.Datasets, d)
	}
}

func triggerOf(m *assembly.Resource) Trigger {
	_, isStream := m.Get("EventSourceArn").(map[string]any)
	return Trigger{
		Batch: int(num(m, "BatchSize")), Window: int(num(m, "MaximumBatchingWindowInSeconds")),
		Parallel: int(num(m, "ParallelizationFactor")),
		FanOut:   isStream && strings.HasSuffix(m.Text("EventSourceArn"), ".ConsumerARN}"),
	}
}

func (r reader) count(m *assembly.Resource) {
	if m.Get("MetricsConfig") != nil {
		r.plan.Mappings++
	}
}

func (r reader) functions() {
	p := r.plan
	if m := r.app.Find(r.environment, "Twin/Apply/Trigger"); m != nil {
		p.Apply = triggerOf(m)
		r.count(m)
	}
	memory := func(name string) float64 {
		if f := r.app.Find(r.environment, name); f != nil {
			p.Logs.System = p.Logs.System || f.Text("LoggingConfig", "SystemLogLevel") != "WARN"
			return num(f, "MemorySize") / 1024
		}
		return 0
	}
	p.Memory = Memory{memory("Pipeline/Extract/Function"), memory("Twin/Apply/Function"), memory("Twin/Query/Function"),
		memory("Twin/Authorize/Function")}
	if m := r.app.Find(r.environment, "Twin/Tell/Trigger"); m != nil {
		p.Feed = &Feed{triggerOf(m).Window, memory("Twin/Tell/Function"), memory("Twin/Follow/Function")}
		r.count(m)
	}
}

// num is a property that is a number; 0 without it.
func num(r *assembly.Resource, path ...string) float64 {
	n, _ := r.Get(path...).(float64)
	return n
}
