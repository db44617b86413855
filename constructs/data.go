package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
)

// newTwinStream keeps changes for longer than the event source mapping retries.
func newTwinStream(scope awsconstructs.Construct, p DigitalTwinCoreProps, key awskms.IKey) awskinesis.Stream {
	props := &awskinesis.StreamProps{
		Encryption:      awskinesis.StreamEncryption_KMS,
		EncryptionKey:   key,
		RetentionPeriod: duration(p.Retention),
		RemovalPolicy:   removal(p.Retain),
		StreamMode:      awskinesis.StreamMode_PROVISIONED,
		ShardCount:      num(p.Shards),
	}
	if p.OnDemand {
		props.StreamMode, props.ShardCount = awskinesis.StreamMode_ON_DEMAND, nil
	}
	stream := awskinesis.NewStream(scope, str("Stream"), props)
	acceptOwnKey(stream)
	return stream
}

// acceptOwnKey accepts that a stream is not encrypted with the key that AWS manages.
func acceptOwnKey(stream awskinesis.Stream) {
	accept(stream, "A key of its own says which roles can read the stream; with the key that AWS manages, every role of "+
		"the account that may call Kinesis could.",
		"AwsSolutions-KDS3")
}

// indexes are those of the table. CloudFormation makes or takes away one in an update, so a version adds one at most.
var indexes = []struct{ name, partition string }{{schema.DatasetIndex, schema.Dataset},
	{schema.ListIndex, schema.Bucket}}

// newTable makes the table of internal/store/dynamo.
func newTable(scope awsconstructs.Construct, p DigitalTwinCoreProps, key awskms.IKey) awsdynamodb.Table {
	attribute := func(name string) *awsdynamodb.Attribute {
		return &awsdynamodb.Attribute{Name: str(name), Type: awsdynamodb.AttributeType_STRING}
	}
	recovery := &awsdynamodb.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: no}
	if p.RecoveryDays > 0 {
		recovery.PointInTimeRecoveryEnabled, recovery.RecoveryPeriodInDays = yes, num(p.RecoveryDays)
	}
	props := &awsdynamodb.TableProps{
		PartitionKey:                     attribute(schema.Component),
		SortKey:                          attribute(schema.Part),
		BillingMode:                      awsdynamodb.BillingMode_PAY_PER_REQUEST,
		Encryption:                       awsdynamodb.TableEncryption_CUSTOMER_MANAGED,
		EncryptionKey:                    key,
		TimeToLiveAttribute:              str(schema.TTL),
		DeletionProtection:               &p.Protect,
		PointInTimeRecoverySpecification: recovery,
		RemovalPolicy:                    removal(p.Retain),
	}
	if p.Changes != nil {
		props.Stream = awsdynamodb.StreamViewType_NEW_AND_OLD_IMAGES
	}
	if c := p.Capacity; c != nil {
		props.BillingMode, props.ReadCapacity, props.WriteCapacity = awsdynamodb.BillingMode_PROVISIONED, num(c.Read.Min),
			num(c.Write.Min)
	}
	var indexProps []*awsdynamodb.GlobalSecondaryIndexProps
	for _, i := range indexes {
		index := &awsdynamodb.GlobalSecondaryIndexProps{
			IndexName:      str(i.name),
			PartitionKey:   attribute(i.partition),
			SortKey:        attribute(schema.Component),
			ProjectionType: awsdynamodb.ProjectionType_KEYS_ONLY,
		}
		if c := p.Capacity; c != nil {
			index.ReadCapacity, index.WriteCapacity = num(c.indexRead().Min), num(c.indexWrite().Min)
		}
		indexProps = append(indexProps, index)
	}
	if p.Throughput != nil {
		p.Throughput.apply(props, indexProps...)
	}
	table := awsdynamodb.NewTable(scope, str("Table"), props)
	for _, index := range indexProps {
		table.AddGlobalSecondaryIndex(index)
	}
	if p.Capacity != nil {
		p.Capacity.scale(table)
	}
	accept(table, "Point-in-time recovery is on wherever the table is retained; readings that are lost come again from "+
		"their providers.",
		"NIST.800.53.R5-DynamoDBInBackupPlan")
	if p.RecoveryDays == 0 {
		accept(table, "The environment is disposable: its table goes with the stack, and providers send the readings again.",
			"AwsSolutions-DDB3", "NIST.800.53.R5-DynamoDBPITREnabled")
	}
	return table
}

// newRejects makes the bucket for rejects (rejects/) and for the batches that a function could not
// finish (aws/lambda/, named by AWS Lambda).
func newRejects(scope awsconstructs.Construct, p DigitalTwinCoreProps, key awskms.IKey) awss3.Bucket {
	bucket := awss3.NewBucket(scope, str("Rejects"), &awss3.BucketProps{
		Encryption:        awss3.BucketEncryption_KMS,
		EncryptionKey:     key,
		BucketKeyEnabled:  yes,
		EnforceSSL:        yes,
		MinimumTLSVersion: jsii.Number(1.2),
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		LifecycleRules: list(&awss3.LifecycleRule{
			Id:                                  str("expire"),
			Expiration:                          awscdk.Duration_Days(num(p.RejectDays)),
			AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(num(1)),
		}),
		RemovalPolicy: removal(p.Retain),
	})
	accept(bucket, "The functions put objects and cannot read them, and the key's policy lets no other role; logs of "+
		"every access would need a bucket of their own and be longer than what they are about.",
		"AwsSolutions-S1", "NIST.800.53.R5-S3BucketLoggingEnabled")
	accept(bucket,
		"Rejects are for mending an extractor and replaying what it missed, and expire; nothing else is kept here.",
		"NIST.800.53.R5-S3BucketReplicationEnabled")
	accept(bucket, "An object's name has the hash of its content, or one that AWS Lambda gives it once: it is written "+
		"again only "+
		"with the same content, and expires.",
		"NIST.800.53.R5-S3BucketVersioningEnabled")
	return bucket
}
