package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
)

// The grants name a role in the policy of a key. So the role belongs to the stack of the core, or was imported by
// its ARN: a role of a stack that depends on the core would make the two depend on each other. They can be called any
// number of times, also for roles of another account: the owner of that account adds the same rights to the role.

// GrantConsumeChanges lets a role, a user or an account read the twin stream, to do something else with every change.
func (core *DigitalTwinCore) GrantConsumeChanges(grantee awsiam.IGrantable) awsiam.Grant {
	return grantBoth(grantee, core.Node, core.readChanges, core.streamGuests,
		changesRights(*core.Stream.StreamArn(), *core.Keys.Changes.KeyArn())...)
}

// GrantReadReadings lets a role, a user or an account read the newest readings from the table itself, past the API and
// its limits.
func (core *DigitalTwinCore) GrantReadReadings(grantee awsiam.IGrantable) awsiam.Grant {
	return grantBoth(grantee, core.Node, core.readReadings, core.tableGuests,
		readingsRights(*core.Table.TableArn(), *core.Keys.Readings.KeyArn())...)
}

// GrantReadRejects lets an operator's role read what went wrong, to look at it or to replay it.
func (core *DigitalTwinCore) GrantReadRejects(grantee awsiam.IGrantable) awsiam.Grant {
	acknowledgeSomebody(core.Node, "operator")
	return grantBoth(grantee, core.Node, core.lookAtRejects, core.bucketGuests,
		rejectsRights(*core.Rejects.BucketArn(), *core.Keys.Rejects.KeyArn())...)
}

var readsTable = []string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}

func changesRights(stream, key string) []right {
	return []right{{actions: readsStream, on: []string{stream}}, {actions: decrypts, on: []string{key}}}
}

func readingsRights(table, key string) []right {
	return []right{{actions: readsTable, on: withIndexes(table)}, {actions: decrypts, on: []string{key}}}
}

func rejectsRights(bucket, key string) []right {
	return []right{
		{sid: "FindRejects", actions: []string{"s3:ListBucket"}, on: []string{bucket}},
		{sid: "ReadRejects", actions: []string{"s3:GetObject"}, on: []string{bucket + "/*"}},
		{sid: "DecryptRejects", actions: decrypts, on: []string{key}},
	}
}
