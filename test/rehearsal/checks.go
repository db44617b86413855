package rehearsal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/test/expected"
)

// patience is how long something may take in the emulator, on a machine that is busy with much else. Whatever is waited
// for comes within a second or so, or never.
const patience = 3 * time.Minute

// served waits until the API serves all readings of a dataset's samples, and holds them against what people stated.
func (d *deployment) served(ctx context.Context, c *consumer, root, dataset string) error {
	text, err := os.ReadFile(filepath.Join(root, "extractors", "testdata", dataset, "expected.txt"))
	if err != nil {
		return err
	}
	want, err := expected.Parse(dataset, string(text))
	if err != nil {
		return err
	}
	var all []reading
	err = await(ctx, patience, 500*time.Millisecond, func() (err error) {
		if all, err = c.readings(ctx, dataset); err == nil && len(all) != want.Readings {
			err = fmt.Errorf("%s has %d readings, want %d", dataset, len(all), want.Readings)
		}
		return err
	})
	if err != nil {
		return err
	}
	components := map[string]bool{}
	var wrong []error
	for _, r := range all {
		components[r.Component] = true
	}
	if len(components) != want.Components {
		wrong = append(wrong, fmt.Errorf("%s has %d components, want %d", dataset, len(components), want.Components))
	}
	for _, line := range want.Lines {
		i := slices.IndexFunc(all, func(r reading) bool { return r.Component == line.Component && r.Metric == line.Metric })
		switch {
		case line.Absent && i >= 0:
			wrong = append(wrong, fmt.Errorf("%s %s must be absent", line.Component, line.Metric))
		case line.Absent:
		case i < 0:
			wrong = append(wrong, fmt.Errorf("%s %s is not there", line.Component, line.Metric))
		default:
			if what := line.Check(all[i].Value, all[i].unit(), all[i].EventTime); what != "" {
				wrong = append(wrong, fmt.Errorf("%s %s: %s", line.Component, line.Metric, what))
			}
		}
	}
	return errors.Join(wrong...)
}

// arrives puts a record of a wagon's speed into the source and waits until the API serves it as the metric. It returns
// the time between the two.
func (d *deployment) arrives(ctx context.Context, c *consumer, wagon, metric string, kmh float64) (time.Duration,
	error) {
	if err := d.drive(ctx, wagon, kmh); err != nil {
		return 0, err
	}
	put := time.Now()
	err := await(ctx, patience, 30*time.Millisecond, func() error { return d.shows(ctx, c, "wagon:"+wagon, metric, kmh) })
	return time.Since(put), err
}

// drive puts a record of a wagon's speed into the source.
func (d *deployment) drive(ctx context.Context, wagon string, kmh float64) error {
	return d.put(ctx, "wagon_telemetry", speed(wagon, kmh, time.Now().UTC().Format("2006-01-02T15:04:05.000Z")))
}

// shows asks whether the API serves a number as the reading of a metric.
func (d *deployment) shows(ctx context.Context, c *consumer, component, metric string, want float64) error {
	r, err := c.reading(ctx, component, metric)
	if err != nil {
		return err
	}
	if r == nil {
		return fmt.Errorf("%s has no %s", component, metric)
	}
	if got, err := strconv.ParseFloat(string(r.Value), 64); err != nil || got != want {
		return fmt.Errorf("the %s of %s is %s, want %g", metric, component, r.Value, want)
	}
	return nil
}

// rejected waits until the bucket has a reject with a payload, and checks what it says, as the operator.
func (d *deployment) rejected(ctx context.Context, payload []byte) error {
	bucket, err := d.output("RejectsBucket")
	if err != nil {
		return err
	}
	client := s3.NewFromConfig(d.people["operator"].config, pathStyle)
	return await(ctx, patience, 200*time.Millisecond, func() error {
		list, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: aws.String("rejects/")})
		if err != nil {
			return err
		}
		for _, object := range list.Contents {
			out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: object.Key})
			if err != nil {
				return err
			}
			for r, err := range rejects.Decode(out.Body) {
				if err != nil {
					return fmt.Errorf("%s: %w", *object.Key, errors.Join(err, out.Body.Close()))
				}
				if bytes.Equal(r.Payload, payload) && r.Reason() != "" && r.Dataset == "wagon_telemetry" &&
					r.Position.Sequence != "" {
					return out.Body.Close()
				}
			}
			if err := out.Body.Close(); err != nil {
				return fmt.Errorf("%s: %w", *object.Key, err)
			}
		}
		return fmt.Errorf("%s has no reject %q in %d objects", bucket, payload, len(list.Contents))
	})
}

// percentile is the smallest value that so many of all, 0 to 1, do not exceed.
func percentile(all []time.Duration, p float64) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[max(0, int(math.Ceil(p*float64(len(sorted))))-1)]
}
