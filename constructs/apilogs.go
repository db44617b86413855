package constructs

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// newAPIAccount lets API Gateway write logs. The setting belongs to the account and region and so is
// shared with every other API there, another environment's too: the last stack that was deployed sets it, to a
// role that may do the same. That is why both stay when the stack goes.
func newAPIAccount(scope awsconstructs.Construct) awsapigateway.CfnAccount {
	role := awsiam.NewRole(scope, str("ApiLogsRole"), &awsiam.RoleProps{
		Description: str("Lets the API Gateway of this account and region write logs"),
		AssumedBy:   awsiam.NewServicePrincipal(str("apigateway.amazonaws.com"), nil),
		ManagedPolicies: list(awsiam.ManagedPolicy_FromAwsManagedPolicyName(
			str("service-role/AmazonAPIGatewayPushToCloudWatchLogs"))),
	})
	accept(role, "API Gateway asks for this policy of AWS when an account's role for logs is set.", "AwsSolutions-IAM4")
	role.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN)
	account := awsapigateway.NewCfnAccount(scope, str("ApiAccount"),
		&awsapigateway.CfnAccountProps{CloudWatchRoleArn: role.RoleArn()})
	account.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	return account
}

// accessLog says who called what, with what result; client is where the authorizer says who called. No token and no
// query is in it.
func accessLog(client string) string {
	b, err := json.Marshal(map[string]string{
		"requestId": "$context.requestId", "ip": "$context.identity.sourceIp", "client": "$context.authorizer." + client,
		"method": "$context.httpMethod", "path": "$context.path",
		"status": "$context.status", "error": "$context.error.responseType",
		"bytes": "$context.responseLength", "latency": "$context.responseLatency",
	})
	if err != nil {
		panic("BUG: a map of strings is not JSON: " + err.Error())
	}
	return string(b)
}
