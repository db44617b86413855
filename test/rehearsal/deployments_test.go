package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func (r *rehearsal) firstDeployment(ctx context.Context) error {
	if err := r.deploys(map[string]settings{"wagon_telemetry": {"producers": producers}}); err != nil {
		return err
	}
	if err := r.grant("wagon_telemetry"); err != nil {
		return err
	}
	_, err := r.deploy(ctx)
	return err
}

func (r *rehearsal) unchangedDeployment(ctx context.Context) error {
	said, err := r.deploy(ctx)
	if err != nil {
		return err
	}
	if n := strings.Count(said, "(no changes)"); n != 2 {
		return fmt.Errorf("%d of 2 stacks are unchanged:\n%s", n, tail(said, 60))
	}
	return nil
}

// changedDeployment renames a metric, and sees it in the readings and in the catalogue. It adds a dataset of objects
// and one of direct puts, and grants the map server the one instead of the wagons.
func (r *rehearsal) changedDeployment(ctx context.Context) error {
	before, err := r.catalogued(ctx, "wagon_telemetry")
	if err != nil {
		return err
	}
	if err := errors.Join(r.renameMetric(), r.replace(wagonSQL, rightCargo, wrongCargo)); err != nil {
		return err
	}
	if err := r.deploys(map[string]settings{
		"wagon_telemetry": {"producers": producers},
		"hsl_hfp":         {"bucket": lake, "prefix": "positions/", "framing": "gzip"},
		"shelly_pro3em":   {"firehoseRoleArn": deliveryRole},
	}); err != nil {
		return err
	}
	if err := r.grant("hsl_hfp"); err != nil {
		return err
	}
	if _, err := r.deploy(ctx); err != nil {
		return err
	}
	after, err := r.catalogued(ctx, "wagon_telemetry")
	if err != nil {
		return err
	}
	if after.Extractor == before.Extractor || after.has("speed") || !after.has("velocity") || !before.has("speed") {
		return fmt.Errorf("the catalogue does not tell of the new file:\n%+v\n%+v", before, after)
	}
	if _, err := r.arrives(ctx, r.consumer, "1", "velocity", 77); err != nil {
		return err
	}
	if err := r.mistaken(ctx); err != nil {
		return err
	}
	changed, err := r.consumer.reading(ctx, "wagon:1", "velocity")
	if err != nil {
		return err
	}
	if changed.Source == nil || changed.Source.Extractor != after.Extractor {
		return fmt.Errorf("the reading's lineage is %+v, the catalogue's extractor %s", changed.Source, after.Extractor)
	}
	return nil
}

// entry is a dataset in the catalogue.
type entry struct {
	Extractor string
	Metrics   []struct{ Metric string }
}

func (e entry) has(metric string) bool {
	for _, m := range e.Metrics {
		if m.Metric == metric {
			return true
		}
	}
	return false
}

func (r *rehearsal) catalogued(ctx context.Context, dataset string) (e entry, err error) {
	a, err := r.consumer.get(ctx, "/v1/datasets/"+dataset)
	if err != nil {
		return e, err
	}
	return e, a.json(&e)
}

// end destroys everything while the bucket holds rejects, which a bucket must not do that is deleted.
func (r *rehearsal) end(ctx context.Context) error {
	name, err := r.output("RejectsBucket")
	if err != nil {
		return err
	}
	list, err := s3.NewFromConfig(r.config(), pathStyle).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &name})
	if err != nil {
		return err
	}
	if len(list.Contents) == 0 {
		return fmt.Errorf("the bucket %s is empty, so nothing is seen of its emptying", name)
	}
	return r.destroy(ctx)
}
