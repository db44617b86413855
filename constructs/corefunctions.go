package constructs

import (
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// ofCatalogue limits a statement to the items of the catalogue.
var ofCatalogue = map[string]interface{}{
	"ForAllValues:StringEquals": map[string]interface{}{"dynamodb:LeadingKeys": []string{schema.Catalogue}},
}

// addFunctions makes the functions of the core, each with exactly the rights that its code uses.
func (core *DigitalTwinCore) addFunctions() error {
	if err := core.addApply(); err != nil {
		return err
	}
	if err := core.addQuery(); err != nil {
		return err
	}
	if err := core.addInside(); err != nil {
		return err
	}
	if err := core.addFeedFunctions(); err != nil {
		return err
	}
	if err := core.addCatalogue(); err != nil {
		return err
	}
	if err := core.addUpgrade(); err != nil {
		return err
	}
	if err := core.addTokens(); err != nil {
		return err
	}
	if err := core.addOperate(); err != nil {
		return err
	}
	core.catalogue = *core.Catalogue.Function.FunctionArn()
	if core.props.Retain {
		return nil
	}
	return core.addEmpty()
}

// addTokens makes the functions of the tokens: of the clients of Amazon Cognito, or of an issuer of your own.
func (core *DigitalTwinCore) addTokens() error {
	if core.props.Auth != nil {
		return core.addAuthorize()
	}
	if err := core.addCredentials(); err != nil {
		return err
	}
	return core.addRotate()
}

func (core *DigitalTwinCore) addApply() error {
	f, err := core.newCoreFunction("Apply", "apply", "Digital Twin: keeps the newest readings of the twin stream",
		time.Minute, wiring.Apply{
			Environment: core.props.Environment, Table: *core.Table.TableName(), Rejects: *core.Rejects.BucketName(),
		}.Env())
	if err != nil {
		return err
	}
	f.allow("SwapReadings", []string{"dynamodb:BatchGetItem", "dynamodb:PartiQLUpdate", "dynamodb:UpdateItem"},
		*core.Table.TableArn())
	f.allowIf("ReadCatalogue", []string{"dynamodb:Query"}, ofCatalogue, *core.Table.TableArn())
	f.useKey("EncryptReadings", core.writeReadings)
	f.allowRejects(core.host, rejectsOf("apply"))
	f.allowFailedBatches(core.host)
	if core.profile == LowLatency {
		core.Consumer = awskinesis.NewCfnStreamConsumer(core.Node, str("Consumer"), &awskinesis.CfnStreamConsumerProps{
			ConsumerName: str("digitaltwin-" + core.environment + "-apply"), StreamArn: core.Stream.StreamArn(),
		})
	}
	core.ApplyTrigger = f.trigger(triggerProps{
		Stream: core.Stream, Key: core.Keys.Changes, Read: core.readChanges, Consumer: core.Consumer, Host: core.host,
		Retry: core.props.Retry,
	})
	core.Apply = f
	return nil
}

func (core *DigitalTwinCore) querySettings() wiring.Query {
	q := wiring.Query{
		Table: *core.Table.TableName(), Scope: core.readScope(), Origins: strings.Join(core.props.CORSOrigins, " "),
	}
	if core.Feed != nil {
		q.Changes = *core.Feed.Log.TableName()
	}
	if core.props.Page != nil {
		q.Inside = "true"
	}
	if core.props.Auth != nil {
		q.Issuer = core.props.Auth.Issuer // whose metadata says where tokens are
		return q
	}
	q.Issuer, q.TokenURL = core.Users.Issuer, core.Users.TokenURL
	if t := core.Users.Terminal; t != nil {
		q.SignInScopes = strings.Join(core.Users.scopeNames(core.props.People.Operate), " ")
		q.SignInURL, q.SignInClient, q.Redirects = core.Users.SignInURL, *t.UserPoolClientId(),
			strings.Join(terminalRedirects, " ")
	}
	return q
}

func (core *DigitalTwinCore) addQuery() error {
	f, err := core.newRestrictedFunction("Query", "query", "Digital Twin: answers the read API",
		10*time.Second, core.querySettings().Env())
	if err != nil {
		return err
	}
	core.letRead(f)
	if core.Feed != nil {
		f.useKey("DecryptLog", core.Feed.read)
	}
	acceptThrottled(f)
	acceptAnswering(f)
	core.Query = f
	return nil
}

// letRead lets a function read the readings, and the log of the change feed where there is one. What it may do with the
// key of the log is for the caller to say.
func (core *DigitalTwinCore) letRead(f *Function) {
	f.allow("ReadReadings", []string{"dynamodb:Query"}, withIndexes(*core.Table.TableArn())...)
	f.allowIf("ReadCatalogue", []string{"dynamodb:BatchGetItem"}, ofCatalogue, *core.Table.TableArn())
	f.useKey("DecryptReadings", core.readReadings)
	if core.Feed != nil {
		f.allow("ReadLog", []string{"dynamodb:Query"}, *core.Feed.Log.TableArn())
	}
}

// withIndexes returns the ARN of the table and those of its indexes.
func withIndexes(table string) []string {
	arns := []string{table}
	for _, i := range indexes {
		arns = append(arns, table+"/index/"+i.name)
	}
	return arns
}

func (core *DigitalTwinCore) addCatalogue() error {
	f, err := core.newCoreFunction("Catalogue", "catalogue",
		"Digital Twin: writes a dataset's catalogue entry when it is deployed",
		time.Minute, wiring.Catalogue{Table: *core.Table.TableName()}.Env())
	if err != nil {
		return err
	}
	f.allowIf("WriteCatalogue", []string{"dynamodb:DeleteItem", "dynamodb:UpdateItem"}, ofCatalogue,
		*core.Table.TableArn())
	f.useKey("EncryptReadings", core.writeReadings)
	acceptDeployment(f)
	core.Catalogue = f
	return nil
}

// upgradeTime is how long the upgrade of a table may take in a deployment: the most that a function can. It goes on
// when an operator calls the function.
const upgradeTime = 15 * time.Minute

// addUpgrade makes what brings the table into the form that this version writes, once the functions that write it are
// deployed. When CloudFormation goes back to a version without it, that one may write its own form again.
func (core *DigitalTwinCore) addUpgrade() error {
	f, err := core.newCoreFunction("Upgrade", "upgrade",
		"Digital Twin: brings the table into the form of this version when it is deployed",
		upgradeTime, wiring.Upgrade{Table: *core.Table.TableName()}.Env())
	if err != nil {
		return err
	}
	f.allow("SwapReadings", []string{
		"dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:PartiQLUpdate", "dynamodb:Scan", "dynamodb:UpdateItem",
	}, *core.Table.TableArn())
	f.allowIf("ReadCatalogue", []string{"dynamodb:Query"}, ofCatalogue, *core.Table.TableArn())
	f.useKey("EncryptReadings", core.writeReadings)
	acceptDeployment(f)
	core.Upgrade = f
	resource := awscdk.NewCustomResource(core.Node, str("TableUpgraded"), &awscdk.CustomResourceProps{
		ServiceToken:   f.Function.FunctionArn(),
		ResourceType:   str("Custom::DigitalTwinTableForm"),
		ServiceTimeout: duration(upgradeTime + time.Minute),
		Properties:     &map[string]interface{}{"Form": "packed"}, // a deployment with another one upgrades again
	})
	resource.Node().AddDependency(f.Policy, core.Apply.Function, core.Query.Function)
	return nil
}

// addCredentials makes the function that writes the secrets of clients; each client adds its own to what it may.
func (core *DigitalTwinCore) addCredentials() error {
	f, err := core.newCoreFunction("Credentials", "credentials",
		"Digital Twin: writes the secret of a client when it is deployed",
		time.Minute, nil)
	if err != nil {
		return err
	}
	f.allow("ReadClients", []string{"cognito-idp:DescribeUserPoolClient"}, *core.Users.Pool.UserPoolArn())
	f.useKey("EncryptCredentials", core.writeSecrets)
	acceptDeployment(f)
	core.Credentials = f
	return nil
}

// addEmpty makes the bucket one that can be deleted while it holds rejects.
func (core *DigitalTwinCore) addEmpty() error {
	f, err := core.newCoreFunction("Empty", "empty", "Digital Twin: empties the bucket of rejects before it is deleted",
		15*time.Minute, nil)
	if err != nil {
		return err
	}
	bucket := *core.Rejects.BucketArn()
	f.allow("ListRejects", []string{"s3:GetBucketTagging", "s3:ListBucketVersions"}, bucket)
	f.allow("DeleteRejects", []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}, bucket+"/*")
	acceptDeployment(f)
	acceptPattern(f.Policy, "Arn>/*", "It deletes all objects of this one bucket, and the bucket after that.")
	core.Empty = f
	awscdk.Tags_Of(core.Rejects).Add(str(wiring.EmptyTag), str("true"), nil)
	resource := awscdk.NewCustomResource(core.Node, str("RejectsEmptied"), &awscdk.CustomResourceProps{
		ServiceToken:   f.Function.FunctionArn(),
		ResourceType:   str("Custom::DigitalTwinEmptyBucket"),
		ServiceTimeout: duration(16 * time.Minute),
		Properties:     wiring.Bucket{Name: *core.Rejects.BucketName()}.Properties(),
	})
	// Things are deleted in the other order: first what writes into the bucket, then what is in it, then the right
	// to delete that.
	resource.Node().AddDependency(f.Policy)
	if policy := core.Rejects.Policy(); policy != nil {
		resource.Node().AddDependency(policy)
	}
	core.ApplyTrigger.Node().AddDependency(resource)
	return nil
}

// acceptDeployment accepts what cdk-nag says of a function that answers a custom resource.
func acceptDeployment(f *Function) {
	accept(f.Function, "Only CloudFormation calls it, once for each of its resources in a deployment.",
		"NIST.800.53.R5-LambdaConcurrency")
	accept(f.Function, "A deployment that gets no answer fails after minutes and is rolled back; there is nothing to "+
		"work off later.",
		"NIST.800.53.R5-LambdaDLQ")
}

// acceptThrottled accepts what cdk-nag says of a function without reserved concurrency that answers calls of the API.
func acceptThrottled(f *Function) {
	accept(f.Function, "The API's throttling bounds how many run at once; concurrency that is reserved would be missing "+
		"elsewhere in the account.",
		"NIST.800.53.R5-LambdaConcurrency")
}

// acceptAnswering accepts what cdk-nag says of a function without a dead-letter queue that answers calls of the API.
func acceptAnswering(f *Function) {
	accept(f.Function, "API Gateway waits for the answer and tells the caller of a failure; a dead-letter queue is for "+
		"asynchronous calls.",
		"NIST.800.53.R5-LambdaDLQ")
}

func (core *DigitalTwinCore) newCoreFunction(id, name, description string, timeout time.Duration,
	env map[string]string) (*Function, error) {
	code, err := core.props.Assets.Function(name)
	if err != nil {
		return nil, err
	}
	return core.newFunction(id, name, description, code, timeout, env), nil
}

// newRestrictedFunction makes a function of the core with the rules of access beside it: a change of them is a change
// of the function.
func (core *DigitalTwinCore) newRestrictedFunction(id, name, description string, timeout time.Duration,
	env map[string]string) (*Function, error) {
	code, err := core.props.Assets.Restricted(name, core.props.Rules.text())
	if err != nil {
		return nil, err
	}
	return core.newFunction(id, name, description, code, timeout, env), nil
}

func (core *DigitalTwinCore) newFunction(id, name, description string, code awslambda.Code, timeout time.Duration,
	env map[string]string) *Function {
	return newFunction(core.Node, id, functionProps{
		Description: description, Code: code, Arch: core.props.Arch, Env: env,
		Memory: 512, Timeout: timeout, Role: core.role(awscdk.Stack_Of(core.Node), name, name), Logs: core.logs(),
		Traces: core.traces,
	})
}

// rejectsOf is where a function keeps its rejects in the bucket, see package rejects.
func rejectsOf(name string) string { return "rejects/" + name + "/" }

// allowRejects lets a function keep rejects below a prefix.
func (f *Function) allowRejects(h *host, prefix string) {
	f.allow("KeepRejects", []string{"s3:PutObject"}, *h.rejects.BucketArn()+"/"+prefix+"*")
	f.useKey("EncryptRejects", h.putRejects)
	acceptPattern(f.Policy, "/"+prefix+"*",
		"The function names its rejects by time and position, below a prefix of its own.")
}

// allowFailedBatches lets AWS Lambda keep the batches that a function with a stream's trigger gave up, as the function.
func (f *Function) allowFailedBatches(h *host) {
	f.allow("KeepFailedBatches", []string{"s3:PutObject"}, *h.rejects.BucketArn()+"/aws/lambda/*")
	f.allow("FindFailedBatches", []string{"s3:ListBucket"}, *h.rejects.BucketArn())
	acceptPattern(f.Policy, "/aws/lambda/*", "AWS Lambda names the objects of failed batches by function, time and shard.")
}
