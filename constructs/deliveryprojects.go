package constructs

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// buildImage has Go, Node.js, Java, Maven and Python, for arm64: functions are built for it, and it costs less.
const buildImage = "aws/codebuild/amazonlinux-aarch64-standard:4.0"

// buildSpec tests and synthesizes. The program twin goes along, so that later steps need no Go.
const buildSpec = `version: 0.2
phases:
  install:
    runtime-versions:
      golang: 1.26
      nodejs: 22
    commands:
      - npm ci
  build:
    commands:
      - go build -o twin ./cmd/twin
      - ./twin deliver check
      - ./twin deliver synth
artifacts:
  files:
    - cdk.out/**/*
    - twin
    - package.json
    - package-lock.json
    - deliver-accepted.txt
cache:
  paths:
    - /root/.cache/go-build/**/*
    - /root/.cache/aws/jsii/**/*
    - /root/.npm/**/*
    - /go/pkg/mod/**/*
`

// stepSpec takes one step of an environment. What is deployed is kept in the bucket; it is written back also when the
// step fails, for a deployment may have succeeded before. A smoke test that fails is followed by the way back, and
// fails.
const stepSpec = `version: 0.2
phases:
  install:
    runtime-versions:
      nodejs: 22
    commands:
      - npm ci
      - touch deliver-accepted.txt
      - mkdir -p ".twin/deliver/$ENVIRONMENT"
      - aws s3 sync --only-show-errors "s3://$BUCKET/$ENVIRONMENT" ".twin/deliver/$ENVIRONMENT"
  build:
    commands:
      - |
        set -e
        if [ "$STEP" = smoke ]; then
          ./smoke || { ./twin deliver back "$ENVIRONMENT"; exit 1; }
        else
          ./twin deliver "$STEP" "$ENVIRONMENT"
        fi
    finally:
      - aws s3 sync --only-show-errors --delete ".twin/deliver/$ENVIRONMENT" "s3://$BUCKET/$ENVIRONMENT"
`

// smokeScript smokes as the role of the environment, which may read the secret of the canary's client and put a record.
const smokeScript = `      - |
        cat > smoke <<'EOF'
        #!/bin/sh
        set -e
        umask 077
        export AWS_CONFIG_FILE="$PWD/.smoke"
        printf '[profile smoke]\nrole_arn = %s\ncredential_source = EcsContainer\nregion = %s\n' "$SMOKE_ROLE" "$REGION" > .smoke
        output() {
          node -p 'require(process.argv[1])[process.argv[2]][process.argv[3]]' "$PWD/.twin/deliver/$ENVIRONMENT/outputs.json" "$1" "$2"
        }
        secret=$(output "DigitalTwin-$ENVIRONMENT" CanaryCredentials)
        aws --profile smoke secretsmanager get-secret-value --secret-id "$secret" --query SecretString --output text > client.json
        stream=$(output "DigitalTwin-$ENVIRONMENT-twin-canary" CanaryStreamArn)
        ./twin deliver smoke "$ENVIRONMENT" --credentials client.json --put "aws --profile smoke kinesis put-record \
          --stream-arn $stream --partition-key canary --data fileb:///dev/stdin"
        EOF
        chmod +x smoke
`

// withSmoke is a specification whose install phase writes the script that smokes.
func withSmoke(spec string) string {
	return strings.Replace(spec, "  build:\n", smokeScript+"  build:\n", 1)
}

// deliveryProject is a project of AWS CodeBuild with a role of its own.
type deliveryProject struct {
	project awscodebuild.CfnProject
	role    awsiam.Role
}

// addBuild makes the project that tests and synthesizes. It can reach no environment.
func (d *DeliveryPipeline) addBuild() *deliveryProject {
	scope := awsconstructs.NewConstruct(d.Node, str("Build"))
	p := d.newProject(scope, projectProps{
		description: "Digital Twin: tests and synthesizes a commit", spec: buildSpec, size: "BUILD_GENERAL1_LARGE",
		minutes: 90,
		rights: append(d.artifactRights(true), right{
			sid: "UseCache", actions: []string{"s3:GetObject", "s3:PutObject"}, on: []string{*d.Bucket.BucketArn() + "/cache/*"},
		}),
		cache: *d.Bucket.BucketName() + "/cache",
	})
	return p
}

// addEnvironment makes the project that takes the steps of an environment. Its role may assume the roles that cdk
// bootstrap made in the account of this environment, and that of the smoke test, and touch what is kept of it.
func (d *DeliveryPipeline) addEnvironment(e DeliveryEnvironment) *deliveryProject {
	scope := awsconstructs.NewConstruct(d.Node, str("Environment-"+e.Name))
	qualifier := cmp.Or(e.Qualifier, *awscdk.DefaultStackSynthesizer_DEFAULT_QUALIFIER())
	var assumed []string
	for _, kind := range []string{"deploy", "file-publishing", "lookup"} {
		assumed = append(assumed, fmt.Sprintf("arn:%s:iam::%s:role/cdk-%s-%s-role-%s-%s",
			*awscdk.Stack_Of(d.Node).Partition(), e.Account, qualifier, kind, e.Account, e.Region))
	}
	spec, variables := stepSpec, map[string]string{"BUCKET": *d.State.BucketName(), "ENVIRONMENT": e.Name,
		"REGION": e.Region}
	if e.SmokeRole != "" {
		assumed = append(assumed, e.SmokeRole)
		spec, variables["SMOKE_ROLE"] = withSmoke(spec), e.SmokeRole
	}
	state, bucket := e.Name+"/*", *d.State.BucketArn()
	return d.newProject(scope, projectProps{
		description: "Digital Twin: delivers to " + e.Name, spec: spec, size: "BUILD_GENERAL1_SMALL", minutes: 240,
		variables: variables,
		rights: append(d.artifactRights(false),
			right{sid: "Deliver", actions: []string{"sts:AssumeRole"}, on: assumed},
			right{sid: "KeepState", actions: []string{"s3:DeleteObject", "s3:GetObject", "s3:PutObject"},
				on: []string{bucket + "/" + state}},
			right{
				sid: "ListState", actions: []string{"s3:ListBucket"}, on: []string{bucket},
				when: map[string]map[string]interface{}{"StringLike": {"s3:prefix": state}},
			}),
	})
}

type projectProps struct {
	description, spec, size, cache string
	minutes                        int
	variables                      map[string]string
	rights                         []right
}

func (d *DeliveryPipeline) newProject(scope awsconstructs.Construct, p projectProps) *deliveryProject {
	logs := newLogGroup(scope, "Logs", logProps{Days: d.props.LogDays, Key: d.Key})
	role := d.newRole(scope, "Role", "codebuild.amazonaws.com", p.description)
	rights := append(p.rights, right{
		sid: "WriteLogs", actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, on: []string{*logs.LogGroupArn()},
	})
	policy := d.newPolicy(scope, role, rights...)
	acceptPattern(policy, "/*", "AWS CodePipeline names artifacts; what is deployed lies below a prefix of each "+
		"environment.")
	var variables []interface{}
	for _, name := range []string{"BUCKET", "ENVIRONMENT", "REGION", "SMOKE_ROLE"} {
		if value, ok := p.variables[name]; ok {
			variables = append(variables, &awscodebuild.CfnProject_EnvironmentVariableProperty{Name: str(name),
				Value: str(value)})
		}
	}
	props := &awscodebuild.CfnProjectProps{
		Description: str(p.description), ServiceRole: role.RoleArn(), EncryptionKey: d.Key.KeyArn(),
		TimeoutInMinutes: num(p.minutes),
		Artifacts:        &awscodebuild.CfnProject_ArtifactsProperty{Type: str("CODEPIPELINE")},
		Source:           &awscodebuild.CfnProject_SourceProperty{Type: str("CODEPIPELINE"), BuildSpec: str(p.spec)},
		Environment: &awscodebuild.CfnProject_EnvironmentProperty{
			Type: str("ARM_CONTAINER"), Image: str(buildImage), ComputeType: str(p.size), EnvironmentVariables: &variables,
		},
		LogsConfig: &awscodebuild.CfnProject_LogsConfigProperty{
			CloudWatchLogs: &awscodebuild.CfnProject_CloudWatchLogsConfigProperty{Status: str("ENABLED"),
				GroupName: logs.LogGroupName()},
		},
	}
	if p.cache != "" {
		props.Cache = &awscodebuild.CfnProject_ProjectCacheProperty{Type: str("S3"), Location: str(p.cache)}
	}
	project := awscodebuild.NewCfnProject(scope, str("Project"), props)
	project.Node().AddDependency(policy)
	return &deliveryProject{project: project, role: role}
}
