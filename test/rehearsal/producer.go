package rehearsal

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// put puts records into the source stream of a dataset, in order, as the producer.
func (d *deployment) put(ctx context.Context, dataset string, records ...[]byte) error {
	stream, err := d.resource(ctx, stackOf(dataset), "AWS::Kinesis::Stream", "PipelineSource")
	if err != nil {
		return err
	}
	client := kinesis.NewFromConfig(d.people["producer"].config)
	for len(records) > 0 {
		n := min(len(records), 500)
		in := &kinesis.PutRecordsInput{StreamName: aws.String(stream)}
		for _, r := range records[:n] {
			in.Records = append(in.Records, types.PutRecordsRequestEntry{Data: r, PartitionKey: aws.String("rehearsal")})
		}
		out, err := client.PutRecords(ctx, in)
		if err != nil {
			return err
		}
		if failed := aws.ToInt32(out.FailedRecordCount); failed > 0 {
			return fmt.Errorf("the stream of %s did not take %d records", dataset, failed)
		}
		records = records[n:]
	}
	return nil
}

// speed is a record of a wagon at a speed.
func speed(wagon string, kmh float64, measuredAt string) []byte {
	return fmt.Appendf(nil, `{"header":{"measuredAt":%q},"wagon":{"id":%q},"motion":{"speedKmh":%g}}`, measuredAt, wagon,
		kmh)
}
