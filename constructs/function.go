package constructs

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// Function is a Lambda function with a role, a policy and a log group of its own.
type Function struct {
	Node     awsconstructs.Construct
	Function awslambda.Function
	Role     awsiam.Role
	RoleARN  string        // the same role by its name, which is known before it is made
	Policy   awsiam.Policy // all that the role may do
	Logs     awslogs.LogGroup
}

type functionProps struct {
	Description string
	Code        awslambda.Code
	Arch        Architecture
	Env         map[string]string
	Memory      int // MiB; a function with 1,769 has one processor
	Timeout     time.Duration
	Role        roleNames
	Logs        logProps
	Traces      bool // by AWS X-Ray
}

// newFunction makes a function that may write its logs and nothing else; [Function.allow] adds to it.
func newFunction(scope awsconstructs.Construct, id string, p functionProps) *Function {
	this := awsconstructs.NewConstruct(scope, &id)
	logs := newLogGroup(this, "Logs", p.Logs)
	role := awsiam.NewRole(this, str("Role"), &awsiam.RoleProps{
		Description: str(p.Description),
		Path:        str(p.Role.Path),
		RoleName:    str(p.Role.Name),
		AssumedBy:   awsiam.NewServicePrincipal(str("lambda.amazonaws.com"), nil),
	})
	policy := awsiam.NewPolicy(this, str("Policy"), &awsiam.PolicyProps{Roles: list[awsiam.IRole](role)})
	accept(policy, "The policy is of this one role and goes with it: nothing else is to have these rights.",
		"NIST.800.53.R5-IAMNoInlinePolicy")
	arch := awslambda.Architecture_ARM_64()
	if p.Arch == Amd64 {
		arch = awslambda.Architecture_X86_64()
	}
	fn := awslambda.NewFunction(this, str("Function"), &awslambda.FunctionProps{
		Description:  str(p.Description),
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: arch,
		Handler:      str("bootstrap"),
		Code:         p.Code,
		Environment:  stringMap(p.Env),
		MemorySize:   num(p.Memory),
		Timeout:      duration(p.Timeout),
		Role:         role,
		LogGroup:     logs,
		// Failures only: a line for the start, the end and the report of every invocation costs more than it says.
		LoggingFormat:    awslambda.LoggingFormat_JSON,
		SystemLogLevelV2: awslambda.SystemLogLevel_WARN,
	})
	accept(fn, "Whom it calls it calls by TLS: services of AWS, and an issuer of tokens for its public keys. Nothing "+
		"that it needs is in a VPC, and nothing can call into it.",
		"NIST.800.53.R5-LambdaInsideVPC")
	// A function that starts before its policy is attached fails its first calls.
	fn.Node().AddDependency(policy)
	f := &Function{Node: this, Function: fn, Role: role, RoleARN: p.Role.ARN, Policy: policy, Logs: logs}
	f.allow("WriteLogs", []string{"logs:CreateLogStream", "logs:PutLogEvents"}, *logs.LogGroupArn())
	if p.Traces {
		fn.Node().DefaultChild().(awslambda.CfnFunction).SetTracingConfig(&awslambda.CfnFunction_TracingConfigProperty{
			Mode: str("Active"),
		})
		f.allow("WriteTraces", []string{"xray:PutTelemetryRecords", "xray:PutTraceSegments"}, "*")
		acceptPattern(policy, "Resource::*", noResources)
	}
	return f
}

// set sets environment variables.
func (f *Function) set(env map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		f.Function.AddEnvironment(str(name), str(env[name]), nil)
	}
}

// allow lets the function do these actions on these resources.
func (f *Function) allow(sid string, actions []string, resources ...string) {
	f.allowIf(sid, actions, nil, resources...)
}

// allowIf is allow under conditions.
func (f *Function) allowIf(sid string, actions []string, conditions map[string]interface{}, resources ...string) {
	p := &awsiam.PolicyStatementProps{Sid: str(sid), Actions: strs(actions...), Resources: strs(resources...)}
	if conditions != nil {
		p.Conditions = &conditions
	}
	f.Policy.AddStatements(awsiam.NewPolicyStatement(p))
}

// extend adds a resource to a statement that allows actions, and makes it where there is none yet: one statement for
// all resources is shorter than one for each.
func (f *Function) extend(s awsiam.PolicyStatement, sid string, actions []string,
	resource string) awsiam.PolicyStatement {
	if s != nil {
		s.AddResources(str(resource))
		return s
	}
	s = right{sid: sid, actions: actions, on: []string{resource}}.statement()
	f.Policy.AddStatements(s)
	return s
}

type logProps struct {
	Name   string // empty: generated
	Days   int
	Retain bool
	Key    awskms.IKey
}

func newLogGroup(scope awsconstructs.Construct, id string, p logProps) awslogs.LogGroup {
	props := &awslogs.LogGroupProps{
		Retention:     retentions[p.Days],
		EncryptionKey: p.Key,
		RemovalPolicy: removal(p.Retain),
	}
	if p.Name != "" {
		props.LogGroupName = str(p.Name)
	}
	return awslogs.NewLogGroup(scope, str(id), props)
}

// removal is what becomes of a resource that leaves its stack. What is retained goes all the same when the deployment
// that makes it fails: the next one makes it again.
func removal(retain bool) awscdk.RemovalPolicy {
	if retain {
		return awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	return awscdk.RemovalPolicy_DESTROY
}

// retentions are the days that CloudWatch Logs can keep events.
var retentions = map[int]awslogs.RetentionDays{
	1: awslogs.RetentionDays_ONE_DAY, 3: awslogs.RetentionDays_THREE_DAYS, 5: awslogs.RetentionDays_FIVE_DAYS,
	7: awslogs.RetentionDays_ONE_WEEK, 14: awslogs.RetentionDays_TWO_WEEKS, 30: awslogs.RetentionDays_ONE_MONTH,
	60: awslogs.RetentionDays_TWO_MONTHS, 90: awslogs.RetentionDays_THREE_MONTHS, 120: awslogs.RetentionDays_FOUR_MONTHS,
	150: awslogs.RetentionDays_FIVE_MONTHS, 180: awslogs.RetentionDays_SIX_MONTHS, 365: awslogs.RetentionDays_ONE_YEAR,
	400: awslogs.RetentionDays_THIRTEEN_MONTHS, 545: awslogs.RetentionDays_EIGHTEEN_MONTHS,
	731: awslogs.RetentionDays_TWO_YEARS,
}

func checkLogDays(days int) error {
	if _, ok := retentions[days]; !ok {
		return fmt.Errorf("logs cannot be kept for %d days: choose 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, "+
			"545 or 731", days)
	}
	return nil
}
