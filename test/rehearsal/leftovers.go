package rehearsal

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// leftovers are the things in the account that belong to the environment, as "kind name".
func (d *deployment) leftovers(ctx context.Context) (found []string, err error) {
	config := d.config()
	add := func(kind string, names ...string) {
		for _, name := range names {
			// The bucket and the stack of the CDK itself are not ours, nor is the bucket of others.
			if !strings.HasPrefix(name, "cdk-") && name != "CDKToolkit" && name != lake {
				found = append(found, kind+" "+name)
			}
		}
	}
	for _, list := range []func() error{
		func() error {
			out, err := cloudformation.NewFromConfig(config).ListStacks(ctx, &cloudformation.ListStacksInput{})
			if err == nil {
				for _, s := range out.StackSummaries {
					if s.StackStatus != types.StackStatusDeleteComplete {
						add("stack", aws.ToString(s.StackName))
					}
				}
			}
			return err
		},
		func() error {
			out, err := dynamodb.NewFromConfig(config).ListTables(ctx, &dynamodb.ListTablesInput{})
			if err == nil {
				add("table", out.TableNames...)
			}
			return err
		},
		func() error {
			out, err := kinesis.NewFromConfig(config).ListStreams(ctx, &kinesis.ListStreamsInput{})
			if err == nil {
				add("stream", out.StreamNames...)
			}
			return err
		},
		func() error { return listFunctions(ctx, lambda.NewFromConfig(config), add) },
		func() error {
			out, err := iam.NewFromConfig(config).ListRoles(ctx, &iam.ListRolesInput{PathPrefix: aws.String("/digitaltwin/")})
			if err == nil {
				for _, r := range out.Roles {
					add("role", aws.ToString(r.RoleName))
				}
			}
			return err
		},
		func() error {
			out, err := cloudwatchlogs.NewFromConfig(config).DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
			if err == nil {
				for _, g := range out.LogGroups {
					add("log group", aws.ToString(g.LogGroupName))
				}
			}
			return err
		},
		func() error {
			out, err := s3.NewFromConfig(config, pathStyle).ListBuckets(ctx, &s3.ListBucketsInput{})
			if err == nil {
				for _, b := range out.Buckets {
					add("bucket", aws.ToString(b.Name))
				}
			}
			return err
		},
		func() error {
			out, err := cognitoidentityprovider.NewFromConfig(config).ListUserPools(ctx,
				&cognitoidentityprovider.ListUserPoolsInput{MaxResults: aws.Int32(60)})
			if err == nil {
				for _, p := range out.UserPools {
					add("user pool", aws.ToString(p.Name))
				}
			}
			return err
		},
		func() error {
			out, err := secretsmanager.NewFromConfig(config).ListSecrets(ctx, &secretsmanager.ListSecretsInput{})
			if err == nil {
				for _, s := range out.SecretList {
					add("secret", aws.ToString(s.Name))
				}
			}
			return err
		},
	} {
		if err := list(); err != nil {
			return nil, fmt.Errorf("what is left: %w", err)
		}
	}
	return found, nil
}

func listFunctions(ctx context.Context, client *lambda.Client, add func(string, ...string)) error {
	functions, err := client.ListFunctions(ctx, &lambda.ListFunctionsInput{})
	if err != nil {
		return err
	}
	for _, f := range functions.Functions {
		add("function", aws.ToString(f.FunctionName))
	}
	mappings, err := client.ListEventSourceMappings(ctx, &lambda.ListEventSourceMappingsInput{})
	if err != nil {
		return err
	}
	for _, m := range mappings.EventSourceMappings {
		add("event source mapping", aws.ToString(m.UUID))
	}
	return nil
}

func pathStyle(o *s3.Options) { o.UsePathStyle = true }
