package rehearsal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// What others have in the account before the twin comes: a bucket that sends its events to Amazon EventBridge, and a
// delivery stream that applications put records into, with the role that it delivers as.
const (
	lake         = "lake-of-others"
	delivery     = "meters"
	deliveryRole = "arn:aws:iam::" + account + ":role/" + delivery
)

// newLake makes the bucket and the role.
func (d *deployment) newLake(ctx context.Context) error {
	client := s3.NewFromConfig(d.config(), pathStyle)
	if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket: aws.String(lake), CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: region},
	}); err != nil {
		return err
	}
	if _, err := client.PutBucketNotificationConfiguration(ctx, &s3.PutBucketNotificationConfigurationInput{
		Bucket: aws.String(lake),
		NotificationConfiguration: &types.NotificationConfiguration{
			EventBridgeConfiguration: &types.EventBridgeConfiguration{},
		},
	}); err != nil {
		return err
	}
	_, err := iam.NewFromConfig(d.config()).CreateRole(ctx, &iam.CreateRoleInput{
		RoleName:                 aws.String(delivery),
		AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"firehose.amazonaws.com"},"Action":"sts:AssumeRole"}]}`),
	})
	return err
}

// deliver makes the delivery stream, which delivers into the bucket, with a function as its processor.
func (d *deployment) deliver(ctx context.Context, processor string) error {
	_, err := firehose.NewFromConfig(d.config()).CreateDeliveryStream(ctx, &firehose.CreateDeliveryStreamInput{
		DeliveryStreamName: aws.String(delivery), DeliveryStreamType: firehosetypes.DeliveryStreamTypeDirectPut,
		ExtendedS3DestinationConfiguration: &firehosetypes.ExtendedS3DestinationConfiguration{
			BucketARN: aws.String("arn:aws:s3:::" + lake), RoleARN: aws.String(deliveryRole), Prefix: aws.String(delivery + "/"),
			ProcessingConfiguration: &firehosetypes.ProcessingConfiguration{
				Enabled: aws.Bool(true),
				Processors: []firehosetypes.Processor{{
					Type: firehosetypes.ProcessorTypeLambda,
					Parameters: []firehosetypes.ProcessorParameter{
						{ParameterName: firehosetypes.ProcessorParameterNameLambdaArn, ParameterValue: aws.String(processor)},
					},
				}},
			},
		},
	})
	return err
}

// putDirectly puts records into the delivery stream.
func (d *deployment) putDirectly(ctx context.Context, records ...[]byte) error {
	in := &firehose.PutRecordBatchInput{DeliveryStreamName: aws.String(delivery)}
	for _, r := range records {
		in.Records = append(in.Records, firehosetypes.Record{Data: r})
	}
	out, err := firehose.NewFromConfig(d.config()).PutRecordBatch(ctx, in)
	if err != nil {
		return err
	}
	if failed := aws.ToInt32(out.FailedPutCount); failed > 0 {
		return fmt.Errorf("the delivery stream did not take %d records", failed)
	}
	return nil
}

// upload puts an object into the bucket.
func (d *deployment) upload(ctx context.Context, key string, body []byte) error {
	_, err := s3.NewFromConfig(d.config(), pathStyle).PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(lake), Key: aws.String(key), Body: bytes.NewReader(body),
	})
	return err
}

// delivered waits until the delivery stream has delivered these records, and no others.
func (d *deployment) delivered(ctx context.Context, want [][]byte) error {
	client := s3.NewFromConfig(d.config(), pathStyle)
	return await(ctx, patience, 200*time.Millisecond, func() error {
		list, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String(lake),
			Prefix: aws.String(delivery + "/")})
		if err != nil {
			return err
		}
		var got []string
		for _, object := range list.Contents {
			out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(lake), Key: object.Key})
			if err != nil {
				return err
			}
			body, err := io.ReadAll(out.Body)
			if err := errors.Join(err, out.Body.Close()); err != nil {
				return err
			}
			got = append(got, string(body))
		}
		var wanted []string
		for _, r := range want {
			wanted = append(wanted, string(r))
		}
		slices.Sort(got)
		slices.Sort(wanted)
		if strings.Join(got, "\n") != strings.Join(wanted, "\n") {
			return fmt.Errorf("%d records were delivered of %d, or other ones", len(got), len(wanted))
		}
		return nil
	})
}
