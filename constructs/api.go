package constructs

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// stageName is part of the API's address, before /v1.
const stageName = "twin"

// Route is one call of the read API. Each is a method of its own in API Gateway, so that each has its
// authorizer and scope, its own throttling and its own metrics, and what is not listed is not there.
type Route struct {
	Method, Path string
	Public       bool // without a token
}

// Routes are the calls of the read API (DESIGN 6); the same as in internal/api's OpenAPI document.
var Routes = []Route{
	{Method: "GET", Path: "/v1/components"},
	{Method: "GET", Path: "/v1/components/{component}"},
	{Method: "GET", Path: "/v1/components/{component}/metrics/{metric}"},
	{Method: "GET", Path: "/v1/datasets"},
	{Method: "GET", Path: "/v1/datasets/{dataset}"},
	{Method: "GET", Path: "/v1/health", Public: true},
	{Method: "GET", Path: "/v1/openapi.json"},
	{Method: "GET", Path: "/v1/readings"},
	{Method: "POST", Path: "/v1/readings:query"},
}

// newAPI makes the REST API: regional, every call but the public ones authorised by Amazon Cognito for the
// scope that reads, with access, execution and error logs.
func newAPI(scope awsconstructs.Construct, p DigitalTwinCoreProps, query awslambda.IFunction, users *Users, logs logProps) awsapigateway.RestApi {
	access := newLogGroup(scope, "AccessLogs", logs)
	api := awsapigateway.NewRestApi(scope, str("Api"), &awsapigateway.RestApiProps{
		RestApiName:           str("Digital Twin " + p.Environment),
		Description:           str("The newest reading of every component.metric"),
		EndpointConfiguration: &awsapigateway.EndpointConfiguration{Types: list(awsapigateway.EndpointType_REGIONAL)},
		CloudWatchRole:        no,          // see newAPIAccount
		BinaryMediaTypes:      strs("*/*"), // so that an answer in base64 (functions/query) is sent as bytes
		DeployOptions: &awsapigateway.StageOptions{
			StageName:            str(stageName),
			ThrottlingRateLimit:  num(p.Rate),
			ThrottlingBurstLimit: num(p.Burst),
			LoggingLevel:         awsapigateway.MethodLoggingLevel_ERROR,
			DataTraceEnabled:     no, // it would log tokens and readings
			MetricsEnabled:       yes,
			AccessLogDestination: awsapigateway.NewLogGroupLogDestination(access),
			AccessLogFormat:      awsapigateway.AccessLogFormat_Custom(str(accessLog())),
		},
	})
	// API Gateway names the group of its execution logs itself. Made here, it has a key and an end.
	logs.Name = "API-Gateway-Execution-Logs_" + *api.RestApiId() + "/" + stageName
	api.DeploymentStage().Node().AddDependency(newLogGroup(scope, "ExecutionLogs", logs), newAPIAccount(scope))

	authorizer := awsapigateway.NewCognitoUserPoolsAuthorizer(scope, str("Authorizer"), &awsapigateway.CognitoUserPoolsAuthorizerProps{
		CognitoUserPools: list[awscognito.IUserPool](users.Pool),
		ResultsCacheTtl:  awscdk.Duration_Minutes(num(5)),
	})
	// One permission for the API, and not two for each method.
	integration := awsapigateway.NewLambdaIntegration(query, &awsapigateway.LambdaIntegrationOptions{ScopePermissionToMethod: no})
	validator := api.AddRequestValidator(str("Validator"), &awsapigateway.RequestValidatorOptions{
		ValidateRequestBody: yes, ValidateRequestParameters: yes,
	})
	for _, r := range Routes {
		options := &awsapigateway.MethodOptions{
			OperationName:     str(r.Method + " " + r.Path),
			RequestValidator:  validator,
			RequestParameters: pathParameters(r.Path),
			AuthorizationType: awsapigateway.AuthorizationType_NONE,
		}
		if !r.Public {
			options.Authorizer, options.AuthorizationType = authorizer, awsapigateway.AuthorizationType_COGNITO
			options.AuthorizationScopes = strs(users.ReadScope)
		}
		method := api.Root().ResourceForPath(str(r.Path)).AddMethod(str(r.Method), integration, options)
		if r.Public {
			accept(method, "A health check has no token, and its answer is the same for everybody: that the function runs.",
				"AwsSolutions-APIG4", "AwsSolutions-COG4")
		}
	}
	addProblems(api)
	acceptStage(api.DeploymentStage())
	return api
}

func acceptStage(stage awsapigateway.Stage) {
	accept(stage, "Every call but the health check needs a token of the environment's own pool, and all calls are throttled.",
		"AwsSolutions-APIG3", "NIST.800.53.R5-APIGWAssociatedWithWAF")
	accept(stage, "A cache would serve readings that are not the newest any more, and what one client may read to another; ETags save the bytes.",
		"NIST.800.53.R5-APIGWCacheEnabledAndEncrypted")
	accept(stage, "A client certificate proves API Gateway to an HTTP server; here AWS Lambda is called, which IAM does.",
		"NIST.800.53.R5-APIGWSSLEnabled")
}

func pathParameters(path string) *map[string]*bool {
	m := map[string]*bool{}
	for _, s := range strings.Split(path, "/") {
		if name, ok := strings.CutPrefix(s, "{"); ok {
			m["method.request.path."+strings.TrimSuffix(name, "}")] = yes
		}
	}
	return &m
}

// newAPIAccount lets API Gateway write logs. The setting belongs to the account and region and so is
// shared with every other API there; that is why it stays when the stack goes.
func newAPIAccount(scope awsconstructs.Construct) awsapigateway.CfnAccount {
	role := awsiam.NewRole(scope, str("ApiLogsRole"), &awsiam.RoleProps{
		Description: str("Lets the API Gateway of this account and region write logs"),
		AssumedBy:   awsiam.NewServicePrincipal(str("apigateway.amazonaws.com"), nil),
		ManagedPolicies: list(awsiam.ManagedPolicy_FromAwsManagedPolicyName(
			str("service-role/AmazonAPIGatewayPushToCloudWatchLogs"))),
	})
	role.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN)
	accept(role, "API Gateway asks for this policy of AWS when an account's role for logs is set.", "AwsSolutions-IAM4")
	account := awsapigateway.NewCfnAccount(scope, str("ApiAccount"), &awsapigateway.CfnAccountProps{CloudWatchRoleArn: role.RoleArn()})
	account.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	return account
}

// accessLog says who called what, with what result. No token and no query is in it.
func accessLog() string {
	b, err := json.Marshal(map[string]string{
		"requestId": "$context.requestId", "time": "$context.requestTime", "ip": "$context.identity.sourceIp",
		"client": "$context.authorizer.claims.client_id", "user": "$context.authorizer.claims.sub",
		"method": "$context.httpMethod", "resource": "$context.resourcePath", "path": "$context.path",
		"status": "$context.status", "error": "$context.error.responseType",
		"bytes": "$context.responseLength", "latency": "$context.responseLatency", "integration": "$context.integrationLatency",
	})
	if err != nil {
		panic("BUG: a map of strings is not JSON: " + err.Error())
	}
	return string(b)
}

// addProblems makes API Gateway's own answers look like the API's: application/problem+json (RFC 9457).
func addProblems(api awsapigateway.RestApi) {
	answers := map[string]struct {
		kind   awsapigateway.ResponseType
		status int
		title  string
	}{
		"Unauthorized": {awsapigateway.ResponseType_UNAUTHORIZED(), 401, "A valid access token is needed"},
		"AccessDenied": {awsapigateway.ResponseType_ACCESS_DENIED(), 403, "The access token does not allow this"},
		"NotFound":     {awsapigateway.ResponseType_MISSING_AUTHENTICATION_TOKEN(), 404, "There is no such resource"},
		"Throttled":    {awsapigateway.ResponseType_THROTTLED(), 429, "Too many requests"},
		"TooLarge":     {awsapigateway.ResponseType_REQUEST_TOO_LARGE(), 413, "The request is too large"},
		"BadRequest":   {awsapigateway.ResponseType_BAD_REQUEST_PARAMETERS(), 400, "A parameter is missing"},
		"BadBody":      {awsapigateway.ResponseType_BAD_REQUEST_BODY(), 400, "The body is not what is expected"},
		"Timeout":      {awsapigateway.ResponseType_INTEGRATION_TIMEOUT(), 504, "The answer took too long"},
		"Failure":      {awsapigateway.ResponseType_INTEGRATION_FAILURE(), 502, "The answer could not be made"},
	}
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		a := answers[id]
		status := strconv.Itoa(a.status)
		api.AddGatewayResponse(str(id), &awsapigateway.GatewayResponseOptions{
			Type: a.kind, StatusCode: str(status),
			ResponseHeaders: stringMap(map[string]string{
				"Content-Type": "'application/problem+json'", "Cache-Control": "'no-store'",
			}),
			Templates: stringMap(map[string]string{
				"application/json": `{"type":"about:blank","title":"` + a.title + `","status":` + status + `}`,
			}),
		})
	}
}
