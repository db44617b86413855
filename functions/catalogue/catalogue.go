package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// writer is the part of a store that keeps the catalogue.
type writer interface {
	PutDataset(ctx context.Context, d twin.Dataset) error
	RemoveDataset(ctx context.Context, name string) error
}

// pipelines is where the function of operators finds how a dataset was deployed.
type pipelines interface {
	Set(ctx context.Context, dataset string, pipeline []byte) error
	Remove(ctx context.Context, dataset string) error
}

type catalogue struct {
	store     writer
	pipelines pipelines
}

// handle does what CloudFormation asks for. The resource is identified by the name of the dataset: when that
// changes, CloudFormation asks for the old one to be deleted once the new one is there.
func (c *catalogue) handle(ctx context.Context, e cfn.Event) (id string, data map[string]interface{}, err error) {
	d, err := dataset(e.ResourceProperties)
	if err != nil {
		if e.RequestType == cfn.RequestDelete { // what could not be created must be able to go
			slog.Warn("nothing to delete", "error", err)
			return e.PhysicalResourceID, nil, nil
		}
		return e.PhysicalResourceID, nil, err
	}
	id = "dataset/" + d.Name
	switch e.RequestType {
	case cfn.RequestCreate, cfn.RequestUpdate:
		if err = c.store.PutDataset(ctx, d); err == nil {
			err = c.setPipeline(ctx, d.Name, e.ResourceProperties)
		}
	case cfn.RequestDelete:
		id = e.PhysicalResourceID
		if err = c.store.RemoveDataset(ctx, d.Name); err == nil {
			err = c.pipelines.Remove(ctx, d.Name)
		}
	default:
		err = fmt.Errorf("the request type %q", e.RequestType)
	}
	if err != nil {
		return id, nil, fmt.Errorf("catalogue: %s: %w", d.Name, err)
	}
	slog.Info("the catalogue has changed", "request", e.RequestType, "dataset", d.Name, "extractor", d.Extractor)
	return id, nil, nil
}

// setPipeline keeps how the dataset was deployed, where the deployment says it.
func (c *catalogue) setPipeline(ctx context.Context, dataset string, properties map[string]interface{}) error {
	text, said := properties[wiring.PipelineProperty].(string)
	if !said {
		return nil
	}
	if !json.Valid([]byte(text)) {
		return fmt.Errorf("the property %s is no JSON", wiring.PipelineProperty)
	}
	return c.pipelines.Set(ctx, dataset, []byte(text))
}

func dataset(properties map[string]interface{}) (d twin.Dataset, err error) {
	text, _ := properties[wiring.DatasetProperty].(string)
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return d, fmt.Errorf("catalogue: the property %s: %w", wiring.DatasetProperty, err)
	}
	if d.Name == "" {
		return d, errors.New("catalogue: the dataset has no name")
	}
	return d, nil
}
