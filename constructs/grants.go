package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
)

// The grants name a role in the policy of a key. So the role belongs to the stack of the core, or was imported by
// its ARN: a role of a stack that depends on the core would make the two depend on each other.

// GrantConsumeChanges lets a role read the twin stream, to do something else with every change.
func (core *DigitalTwinCore) GrantConsumeChanges(consumer awsiam.IRole) {
	useKey(core.Keys.Changes, sidFor("ConsumerReads", consumer), "kinesis", decrypts, consumer)
	allowRole(consumer, readsStream, *core.Stream.StreamArn())
	allowRoleKey(consumer, "kinesis", decrypts, core.Keys.Changes)
}

// GrantReadReadings lets a role read the newest readings from the table itself, past the API and its limits.
func (core *DigitalTwinCore) GrantReadReadings(reader awsiam.IRole) {
	useKey(core.Keys.Readings, sidFor("ReaderReads", reader), "dynamodb", decrypts, reader)
	table := *core.Table.TableArn()
	allowRole(reader, []string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}, append([]string{table}, core.indexARNs()...)...)
	allowRoleKey(reader, "dynamodb", decrypts, core.Keys.Readings)
}

// GrantReadRejects lets an operator's role read what went wrong, to look at it or to replay it.
func (core *DigitalTwinCore) GrantReadRejects(operator awsiam.IRole) {
	useKey(core.Keys.Rejects, sidFor("OperatorReads", operator), "s3", decrypts, operator)
	bucket := *core.Rejects.BucketArn()
	allowRole(operator, []string{"s3:ListBucket"}, bucket)
	allowRole(operator, []string{"s3:GetObject"}, bucket+"/*")
	allowRoleKey(operator, "s3", decrypts, core.Keys.Rejects)
}

// sidFor is a Sid for a statement of which there is one for every role.
func sidFor(sid string, role awsiam.IRole) string { return sid + (*role.Node().Addr())[34:] }

// allowRole lets a role of somebody else do these actions on these resources.
func allowRole(role awsiam.IRole, actions []string, resources ...string) {
	role.AddToPrincipalPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: strs(actions...), Resources: strs(resources...),
	}))
}

// allowRoleKey is the role's side of [useKey].
func allowRoleKey(role awsiam.IRole, service string, actions []string, key awskms.IKey) {
	role.AddToPrincipalPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: strs(actions...), Resources: strs(*key.KeyArn()),
		Conditions: &map[string]interface{}{
			"StringEquals": map[string]interface{}{"kms:ViaService": via(awscdk.Stack_Of(key), service)},
		},
	}))
}
