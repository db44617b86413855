package constructs_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Ensure that every metric is a method of the construct whose functions write it, that there is no method without a
// row, and that a method returns the metric of its name, with the options that it was given.
func TestMetricsAreMethods(t *testing.T) {
	x, err := extractors.Get("wagon_telemetry")
	if err != nil {
		t.Fatal(err)
	}
	_, err = synthesizeApp(t, func(app awscdk.App, assets constructs.Assets) error {
		stack := awscdk.NewStack(app, jsii.String("S"), nil)
		core, err := constructs.NewDigitalTwinCore(stack, "Twin",
			constructs.DigitalTwinCoreProps{Environment: "dev", Assets: assets})
		if err != nil {
			return err
		}
		pipeline, err := constructs.NewPipelineExtractor(stack, "Pipeline", constructs.PipelineExtractorProps{
			Core: core, Dataset: x.Name, SQL: x.SQL,
		})
		if err != nil {
			return err
		}
		others := map[string]bool{"Tokens": true} // of services of AWS
		for _, m := range wiring.Metrics {
			on := reflect.ValueOf(core)
			if m.Emitter == wiring.Extractors {
				on = reflect.ValueOf(pipeline)
			}
			method := on.MethodByName("Metric" + m.Name)
			if !method.IsValid() {
				t.Errorf("%s has no method Metric%s", on.Type(), m.Name)
				continue
			}
			arguments := []reflect.Value{
				reflect.ValueOf(&awscloudwatch.MetricOptions{Period: awscdk.Duration_Minutes(jsii.Number(7))}),
			}
			if m.Emitter != wiring.Extractors && !m.Environment {
				arguments = append([]reflect.Value{reflect.ValueOf(x.Name)}, arguments...)
			}
			got := method.Call(arguments)[0].Interface().(awscloudwatch.Metric)
			if *got.MetricName() != m.Name || *got.Namespace() != wiring.Namespace || *got.Statistic() != m.Statistic ||
				*got.Period().ToMinutes(nil) != 7 {
				t.Errorf("Metric%s is %s %s of %s over %v minutes", m.Name, *got.Statistic(), *got.MetricName(), *got.Namespace(),
					*got.Period().ToMinutes(nil))
			}
			if got := len(*got.Dimensions()); got != len(m.Dimensions()) {
				t.Errorf("Metric%s has %d dimensions, want %v", m.Name, got, m.Dimensions())
			}
			others[m.Name] = true
		}
		for _, of := range []reflect.Type{reflect.TypeOf(core), reflect.TypeOf(pipeline)} {
			for method := range of.Methods() {
				if name, ok := strings.CutPrefix(method.Name, "Metric"); ok && !others[name] {
					t.Errorf("%s.%s is no metric", of, method.Name)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
