package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// request is what CloudFormation sends for a dataset.
func request(t *testing.T, kind cfn.RequestType, physical string, d twin.Dataset) cfn.Event {
	t.Helper()
	entry, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return cfn.Event{
		RequestType: kind, PhysicalResourceID: physical, ResourceType: "Custom::DigitalTwinDataset",
		ResourceProperties: map[string]interface{}{"ServiceToken": "arn", wiring.DatasetProperty: string(entry),
			wiring.PipelineProperty: `{"framing":"lines"}`},
	}
}

// Ensure that a dataset is in the catalogue from its first deployment to its removal, as it was deployed last.
func TestLifeOfADataset(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	if err := dynamo.CreateTable(t.Context(), client, "twin"); err != nil {
		t.Fatal(err)
	}
	table := dynamo.New(client, "twin", nil)
	c := &catalogue{table, table.Pipelines()}
	d := twin.Dataset{Name: "wagons", Description: "Wagons", Extractor: "0123456789ab", Interval: 10 * time.Second,
		Metrics: []twin.Metric{{Name: "axle.*.bearing.temperature", Units: []string{"Cel"}}}}
	changed := d
	changed.Extractor = "ba9876543210"
	for _, step := range []struct {
		kind cfn.RequestType
		d    twin.Dataset
		want string // the extractor in the catalogue
	}{
		{cfn.RequestCreate, d, "0123456789ab"},
		{cfn.RequestUpdate, changed, "ba9876543210"},
		{cfn.RequestDelete, changed, ""},
		{cfn.RequestDelete, changed, ""}, // repeated, as CloudFormation may
	} {
		id, _, err := c.handle(t.Context(), request(t, step.kind, "dataset/wagons", step.d))
		if err != nil || id != "dataset/wagons" {
			t.Fatalf("%s: %s, %v", step.kind, id, err)
		}
		datasets, err := table.Datasets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, d := range datasets {
			got += d.Extractor
			if d.Interval != 10*time.Second || len(d.Metrics) != 1 {
				t.Errorf("%s: %+v", step.kind, d)
			}
		}
		pipeline, err := table.Pipelines().Get(t.Context(), "wagons")
		if err != nil || (pipeline == nil) != (step.want == "") ||
			pipeline != nil && string(pipeline.Content) != `{"framing":"lines"}` {
			t.Errorf("%s: the pipeline is %+v, %v", step.kind, pipeline, err)
		}
		if got != step.want {
			t.Errorf("%s: the catalogue has %q, want %q", step.kind, got, step.want)
		}
	}
}

type broken struct{}

func (broken) PutDataset(context.Context, twin.Dataset) error { return errors.New("AccessDenied") }
func (broken) RemoveDataset(context.Context, string) error    { return errors.New("AccessDenied") }

// Ensure that a deployment fails with the reason, and that what never was can be deleted.
func TestFaults(t *testing.T) {
	c := &catalogue{broken{}, nil}
	for want, e := range map[string]cfn.Event{
		"catalogue: wagons: AccessDenied": request(t, cfn.RequestCreate, "", twin.Dataset{Name: "wagons"}),
		"has no name":                     request(t, cfn.RequestCreate, "", twin.Dataset{}),
		`the request type "Move"`:         request(t, "Move", "", twin.Dataset{Name: "wagons"}),
		"the property Dataset":            {RequestType: cfn.RequestUpdate},
	} {
		if _, _, err := c.handle(context.Background(), e); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	id, _, err := c.handle(context.Background(), cfn.Event{RequestType: cfn.RequestDelete,
		PhysicalResourceID: "2025/11/24/[$LATEST]x"})
	if err != nil || id != "2025/11/24/[$LATEST]x" {
		t.Errorf("%s, %v", id, err)
	}
}
