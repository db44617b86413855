package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// attempt is something that a person tries.
type attempt struct {
	who, what string
	do        func(context.Context, aws.Config) error
}

// work are the tasks of people, in what is deployed.
func (r *rehearsal) work(ctx context.Context) ([]attempt, error) {
	stream, err1 := r.resource(ctx, stackOf("wagon_telemetry"), "AWS::Kinesis::Stream", "PipelineSource")
	secret, err2 := r.output("MachineCredentials")
	bucket, err3 := r.output("RejectsBucket")
	return []attempt{
		{"producer", "put a record", putting(stream)},
		{"consumer", "read its secret", readingSecret(secret)},
		{"operator", "read a reject", readingObject(bucket)},
	}, errors.Join(err1, err2, err3)
}

// beyond are attempts one step beyond the tasks.
func (r *rehearsal) beyond(ctx context.Context) ([]attempt, error) {
	source, err1 := r.resource(ctx, stackOf("wagon_telemetry"), "AWS::Kinesis::Stream", "PipelineSource")
	changes, err2 := r.resource(ctx, coreStack, "AWS::Kinesis::Stream", "TwinStream")
	table, err3 := r.resource(ctx, coreStack, "AWS::DynamoDB::Table", "TwinTable")
	secret, err4 := r.output("MachineCredentials")
	other, err5 := r.resource(ctx, coreStack, "AWS::SecretsManager::Secret", "TwinClient"+visitor)
	bucket, err6 := r.output("RejectsBucket")
	return []attempt{
		{"producer", "read what it put", func(ctx context.Context, c aws.Config) error {
			_, err := kinesis.NewFromConfig(c).GetShardIterator(ctx, &kinesis.GetShardIteratorInput{
				StreamName: &source, ShardId: aws.String("shardId-000000000000"),
				ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
			})
			return err
		}},
		{"producer", "put a change", putting(changes)},
		{"consumer", "read another client's secret", readingSecret(other)},
		{"consumer", "write its secret", func(ctx context.Context, c aws.Config) error {
			_, err := secretsmanager.NewFromConfig(c).PutSecretValue(ctx,
				&secretsmanager.PutSecretValueInput{SecretId: &secret, SecretString: aws.String("{}")})
			return err
		}},
		{"consumer", "read the table", func(ctx context.Context, c aws.Config) error {
			_, err := dynamodb.NewFromConfig(c).Scan(ctx, &dynamodb.ScanInput{TableName: &table})
			return err
		}},
		{"operator", "delete rejects", func(ctx context.Context, c aws.Config) error {
			_, err := s3.NewFromConfig(c, pathStyle).DeleteObject(ctx,
				&s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("rejects/x")})
			return err
		}},
		{"operator", "read a secret", readingSecret(secret)},
	}, errors.Join(err1, err2, err3, err4, err5, err6)
}

func putting(stream string) func(context.Context, aws.Config) error {
	return func(ctx context.Context, c aws.Config) error {
		_, err := kinesis.NewFromConfig(c).PutRecord(ctx, &kinesis.PutRecordInput{
			StreamName: &stream, PartitionKey: aws.String("a"), Data: speed("9", 9, "2026-11-29T06:00:00.000Z"),
		})
		return err
	}
}

func readingSecret(name string) func(context.Context, aws.Config) error {
	return func(ctx context.Context, c aws.Config) error {
		_, err := secretsmanager.NewFromConfig(c).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
		return err
	}
}

// readingObject reads the first reject.
func readingObject(bucket string) func(context.Context, aws.Config) error {
	return func(ctx context.Context, c aws.Config) error {
		client := s3.NewFromConfig(c, pathStyle)
		list, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: aws.String("rejects/")})
		if err != nil {
			return err
		}
		if len(list.Contents) == 0 {
			return errors.New("there are no rejects")
		}
		out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: list.Contents[0].Key})
		if err != nil {
			return err
		}
		return out.Body.Close()
	}
}

// refused tries all of it as somebody, or as who each is for, and wants each denied.
func (r *rehearsal) refused(ctx context.Context, as string, all []attempt) error {
	var errs []error
	for _, a := range all {
		who := a.who
		if as != "" {
			who = as
		}
		err := a.do(ctx, r.people[who].config)
		if err == nil || !strings.Contains(err.Error(), "AccessDenied") {
			errs = append(errs, fmt.Errorf("the %s may %s: %w, want it denied", who, a.what, err))
		}
	}
	return errors.Join(errs...)
}

// unattached sees everybody refused whom the keys name, but whose role has no policy yet.
func (r *rehearsal) unattached(ctx context.Context) error {
	all, err := r.work(ctx)
	if err != nil {
		return err
	}
	return r.refused(ctx, "", all[:2]) // there are no rejects yet
}

// admit attaches the policies that the stacks made to the roles of those for whom they are.
func (r *rehearsal) admit(ctx context.Context) error {
	return errors.Join(
		r.attach(ctx, "producer", stackOf("wagon_telemetry"), "PutPolicy"),
		r.attach(ctx, "consumer", coreStack, "ReadPolicyMachine"),
		r.attach(ctx, "consumer", coreStack, "ReadPolicyMap"),
		r.attach(ctx, visitor, coreStack, "ReadPolicyVisitor"),
		r.attach(ctx, "operator", coreStack, "OperatorPolicy"),
	)
}

// oneStepBeyond sees each do its work and nothing beyond it, and whom no key names do none of it.
func (r *rehearsal) oneStepBeyond(ctx context.Context) error {
	all, err := r.work(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if err := a.do(ctx, r.people[a.who].config); err != nil {
			return fmt.Errorf("the %s may not %s: %w", a.who, a.what, err)
		}
	}
	if err := r.refused(ctx, administrator, all); err != nil {
		return err
	}
	more, err := r.beyond(ctx)
	if err != nil {
		return err
	}
	return r.refused(ctx, "", more)
}
