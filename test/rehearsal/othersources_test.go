package rehearsal

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
)

// objects puts the records of a dataset into the bucket as one compressed object, and sees them served.
func (r *rehearsal) objects(ctx context.Context) error {
	object, err := zipped(extractors.Records("hsl_hfp"))
	if err != nil {
		return err
	}
	if err := r.upload(ctx, "positions/2026/11/29/0001.gz", object); err != nil {
		return err
	}
	return r.served(ctx, r.consumer, root, "hsl_hfp")
}

// bus is a record of a vehicle that no sample has.
const (
	busRecord    = `{"mqtt_topic":"/hfp/v1/journey/ongoing/bus/0018/99123/","payload":{"VP":{"tst":"2018-10-09T04:33:00Z","spd":12.5}}}`
	busComponent = "vehicle:18:99123"
)

// leastPrivilegeOfObjects takes the right to read objects away, sees it missed, and puts it back.
func (r *rehearsal) leastPrivilegeOfObjects(ctx context.Context) error {
	stack, function := stackOf("hsl_hfp"), "PipelineObjects"
	whole, err := r.grantOf(ctx, stack, function)
	if err != nil {
		return err
	}
	part, err := whole.without("Read")
	if err != nil {
		return err
	}
	if err := r.putGrant(ctx, part); err != nil {
		return err
	}
	object, err := zipped([][]byte{[]byte(busRecord)})
	if err != nil {
		return err
	}
	if err := r.upload(ctx, "positions/2026/11/29/0002.gz", object); err != nil {
		return err
	}
	if err := r.said(ctx, stack, function, "AccessDenied"); err != nil {
		return err
	}
	if err := r.shows(ctx, r.consumer, busComponent, "speed", 12.5); err == nil {
		return errors.New("it is not missed: the reading is there")
	}
	if err := r.putGrant(ctx, whole); err != nil {
		return err
	}
	// The name of the object that failed is shown again after a quarter of an hour, so it is put once more.
	if err := r.upload(ctx, "positions/2026/11/29/0003.gz", object); err != nil {
		return err
	}
	return await(ctx, patience, 100*time.Millisecond, func() error {
		return r.shows(ctx, r.consumer, busComponent, "speed", 12.5)
	})
}

// directPuts makes the function the processor of the delivery stream, and sees its records served, and delivered as
// they were.
func (r *rehearsal) directPuts(ctx context.Context) error {
	processor, err := r.outputOf(stackOf("shelly_pro3em"), "ProcessorArn")
	if err != nil {
		return err
	}
	if err := r.deliver(ctx, processor); err != nil {
		return err
	}
	records := append(extractors.Records("shelly_pro3em"), []byte("no record of a meter"))
	if err := r.putDirectly(ctx, records...); err != nil {
		return err
	}
	return errors.Join(r.served(ctx, r.consumer, root, "shelly_pro3em"), r.delivered(ctx, records))
}

// zipped is an object of records, one a line, compressed.
func zipped(records [][]byte) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for _, r := range records {
		if _, err := z.Write(append(bytes.Clone(r), '\n')); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
