package constructs

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// operateTime is how long a call of the operate function may take; then it calls itself.
const operateTime = 15 * time.Minute

// addOperate makes the function behind /v1/operations. It may do much, and so it is one of its own: to read and write
// the readings, because it forgets; the bucket of rejects; to put changes; and to stop and start triggers.
func (core *DigitalTwinCore) addOperate() error {
	f, err := core.newRestrictedFunction("Operate", "operate", "Digital Twin: does what operators ask for", operateTime,
		core.operateSettings().Env())
	if err != nil {
		return err
	}
	// The service would take a run that takes hours for a loop; the function counts its calls itself.
	function := f.Function.Node().DefaultChild().(awslambda.CfnFunction)
	function.SetRecursiveLoop(str("Allow"))
	function.SetMemorySize(num(1024)) // a file of rejects is read as a whole

	table := *core.Table.TableArn()
	f.allow("SwapReadings", []string{"dynamodb:BatchGetItem", "dynamodb:PartiQLUpdate", "dynamodb:UpdateItem"}, table)
	f.allow("FindReadings", []string{"dynamodb:Query"}, withIndexes(table)...)
	f.allowIf("TidyForgetList", []string{"dynamodb:DeleteItem"}, ofCatalogue, table)
	f.useKey("EncryptReadings", core.writeReadings)

	bucket := *core.Rejects.BucketArn()
	kept := []string{bucket + "/rejects/*", bucket + "/" + rejects.BatchFolder + "*"}
	f.allow("FindRejects", []string{"s3:ListBucket"}, bucket)
	f.allow("UseRejects", []string{
		"s3:DeleteObject", "s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:PutObjectTagging",
	}, kept...)
	f.useKey("DecryptRejects", core.lookAtRejects)
	f.useKey("EncryptRejects", core.putRejects)

	f.allow("PutChanges", []string{"kinesis:PutRecords"}, *core.Stream.StreamArn())
	f.useKey("EncryptChanges", core.putChanges)

	stack := awscdk.Stack_Of(core.Node)
	f.allow("ReadSources", []string{"sts:AssumeRole"}, fmt.Sprintf("arn:%s:iam::%s:role/digitaltwin/%s/extract/*",
		*stack.Partition(), *stack.Account(), core.environment))
	acceptPattern(f.Policy, "/extract/*", "The roles of extractors, whose stacks come later; each lets it in itself.")
	core.letPause(f)
	core.letGoOn(f)
	for _, end := range []string{"/rejects/*", "/" + rejects.BatchFolder + "*"} {
		acceptPattern(f.Policy, end, "It reads, marks and drops all rejects and failed batches of this one bucket.")
	}
	accept(f.Function, "The API's throttling bounds its calls, and a run has one call under way; concurrency that is "+
		"reserved "+
		"would be missing elsewhere in the account.",
		"NIST.800.53.R5-LambdaConcurrency")
	accept(f.Function, "What a lost call would have done is in the run's checkpoint: the run goes on when somebody "+
		"looks at it, "+
		"and an alarm tells of it.",
		"NIST.800.53.R5-LambdaDLQ")
	core.Operate = f
	core.watchOperations()
	return nil
}

func (core *DigitalTwinCore) operateSettings() wiring.Operate {
	return wiring.Operate{
		Environment: core.environment, Table: *core.Table.TableName(), Rejects: *core.Rejects.BucketName(),
		StreamARN: *core.Stream.StreamArn(),
		KeepDays:  strconv.Itoa(core.props.RejectDays), Origins: strings.Join(core.props.CORSOrigins, " "),
	}
}

// letRebuild lets the operate function read the sources of a function again, as its role. So whoever owns a stream and
// its key, and has let that role in, need not know of another one.
func (h *host) letRebuild(f *Function) {
	stack := awscdk.Stack_Of(f.Node)
	f.Role.AssumeRolePolicy().AddStatements(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: str("OperateReads"), Actions: strs("sts:AssumeRole"),
		Principals: list[awsiam.IPrincipal](awsiam.NewAccountRootPrincipal()),
		Conditions: &map[string]interface{}{
			"ArnLike": map[string]interface{}{"aws:PrincipalArn": h.role(stack, "operate", "operate").ARN},
		},
	}))
}

// letPause lets the function disable and enable the triggers of the environment, whose stacks come later: by their tag.
func (core *DigitalTwinCore) letPause(f *Function) {
	stack := awscdk.Stack_Of(core.Node)
	f.allow("FindTriggers", []string{"lambda:ListEventSourceMappings"}, "*")
	f.allowIf("PauseTriggers", []string{"lambda:UpdateEventSourceMapping"}, map[string]interface{}{
		"StringEquals": map[string]interface{}{"aws:ResourceTag/" + tagEnvironment: core.environment},
	}, fmt.Sprintf("arn:%s:lambda:%s:%s:event-source-mapping:*", *stack.Partition(), *stack.Region(), *stack.Account()))
	acceptPattern(f.Policy, "Resource::*", noResources)
	acceptPattern(f.Policy, "event-source-mapping:*",
		"A condition limits it to what has the tag of this environment, whose stacks come later.")
}

// letGoOn lets the function call itself. The right is in a policy of its own, because the function waits for the other.
func (core *DigitalTwinCore) letGoOn(f *Function) {
	policy := awsiam.NewPolicy(f.Node, str("GoOn"), &awsiam.PolicyProps{Roles: list[awsiam.IRole](f.Role)})
	itself := right{sid: "CallItself", actions: []string{"lambda:InvokeFunction"}, on: []string{*f.Function.FunctionArn()}}
	policy.AddStatements(itself.statement())
	accept(policy, "The policy is of this one role and goes with it: nothing else is to have these rights.",
		"NIST.800.53.R5-IAMNoInlinePolicy")
	awslambda.NewCfnEventInvokeConfig(f.Node, str("Calls"), &awslambda.CfnEventInvokeConfigProps{
		FunctionName: f.Function.FunctionName(), Qualifier: str("$LATEST"),
		MaximumEventAgeInSeconds: num(3600), MaximumRetryAttempts: num(2),
	})
}
