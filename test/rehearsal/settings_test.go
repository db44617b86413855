package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// changedStart changes where reading begins and switches a dataset off, and sees one trigger in the place of the other,
// and the stack of the dataset still there.
func (r *rehearsal) changedStart(ctx context.Context) error {
	before, err := r.extractTrigger(ctx)
	if err != nil {
		return err
	}
	if err := r.deploys(map[string]settings{
		"wagon_telemetry": {"producers": producers, "start": "2026-11-28T06:00:00Z"},
		"hsl_hfp":         {"bucket": lake, "prefix": "positions/", "framing": "gzip", "off": true},
		"shelly_pro3em":   {"firehoseRoleArn": deliveryRole},
	}); err != nil {
		return err
	}
	if _, err := r.deploy(ctx); err != nil {
		return err
	}
	after, err := r.extractTrigger(ctx)
	if err != nil {
		return err
	}
	if *after.UUID == *before.UUID || after.StartingPosition != types.EventSourcePositionAtTimestamp {
		return fmt.Errorf("the trigger began at %s and now begins at %s, in the place of the old one: %t",
			before.StartingPosition, after.StartingPosition, *after.UUID != *before.UUID)
	}
	if _, err := r.arrives(ctx, r.consumer, "1", "velocity", 78); err != nil {
		return err
	}
	return r.shows(ctx, r.consumer, busComponent, "speed", 12.5) // of the dataset that is off
}

// extractTrigger is the one trigger of wagon_telemetry.
func (r *rehearsal) extractTrigger(ctx context.Context) (t types.EventSourceMappingConfiguration, err error) {
	function, err := r.resource(ctx, stackOf("wagon_telemetry"), "AWS::Lambda::Function", "PipelineExtract")
	if err != nil {
		return t, err
	}
	out, err := lambda.NewFromConfig(r.config()).ListEventSourceMappings(ctx,
		&lambda.ListEventSourceMappingsInput{FunctionName: &function})
	if err != nil {
		return t, err
	}
	if len(out.EventSourceMappings) != 1 {
		return t, fmt.Errorf("the function %s has %d triggers, want 1", function, len(out.EventSourceMappings))
	}
	return out.EventSourceMappings[0], nil
}

// removedDataset deletes the stack of the dataset that is off, as the documents say, and takes it out of the settings.
// The same deployment mends the mistake in the SQL of another one.
func (r *rehearsal) removedDataset(ctx context.Context) error {
	stack := stackOf("hsl_hfp")
	client := cloudformation.NewFromConfig(r.config())
	if _, err := client.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: &stack}); err != nil {
		return err
	}
	gone := cloudformation.NewStackDeleteCompleteWaiter(client)
	if err := gone.Wait(ctx, &cloudformation.DescribeStacksInput{StackName: &stack}, 4*time.Minute,
		func(o *cloudformation.StackDeleteCompleteWaiterOptions) { o.MinDelay = time.Second }); err != nil {
		return err
	}
	if err := errors.Join(r.replace(wagonSQL, wrongCargo, rightCargo), r.raiseRevision()); err != nil {
		return err
	}
	if err := r.deploys(map[string]settings{
		"wagon_telemetry": {"producers": producers, "start": "2026-11-28T06:00:00Z"},
		"shelly_pro3em":   {"firehoseRoleArn": deliveryRole},
	}); err != nil {
		return err
	}
	if _, err := r.deploy(ctx); err != nil {
		return err
	}
	a, err := r.consumer.get(ctx, "/v1/datasets/hsl_hfp")
	if err == nil && a.status != http.StatusNotFound {
		err = fmt.Errorf("the catalogue still says %s", a)
	}
	if err != nil {
		return err
	}
	_, err = r.arrives(ctx, r.consumer, "1", "velocity", 77) // which the next step starts with
	return err
}
