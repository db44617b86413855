package constructs

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/operate"
)

// stageName is part of the API's address, before /v1, where the API has no domain of its own.
const stageName = "twin"

// tlsPolicy is TLS 1.3, or 1.2 with forward secrecy, and nothing older.
const tlsPolicy = awsapigateway.SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09

// Route is one call of the read API. Each is a method of its own in API Gateway, so that each has its
// authorizer and scope, its own throttling and its own metrics, and what is not listed is not there.
type Route struct {
	Method, Path string
	Public       bool // without a token
	Inside       bool // of the twin itself: another function answers
	Follow       bool // of a follower: the answer is streamed, by another function
	Operate      bool // of an operator: it asks for another scope, and another function answers
}

// Routes are the calls of the read API, the same as in internal/api's OpenAPI document. HEAD comes with every GET.
var Routes = []Route{
	{Method: "GET", Path: "/v1/components"},
	{Method: "GET", Path: "/v1/components/{component}"},
	{Method: "GET", Path: "/v1/components/{component}/metrics/{metric}"},
	{Method: "GET", Path: "/v1/datasets"},
	{Method: "GET", Path: "/v1/datasets/{dataset}"},
	{Method: "GET", Path: "/v1/health", Public: true},
	{Method: "GET", Path: "/v1", Public: true},
	{Method: "GET", Path: api.MetadataPath, Public: true},
	{Method: "GET", Path: "/v1/openapi.json"},
	{Method: "GET", Path: "/v1/readings"},
	{Method: "POST", Path: "/v1/readings:query"},
}

// operations are the calls of an operator.
func operations() (all []Route) {
	for _, r := range operate.Routes() {
		all = append(all, Route{Method: r.Method, Path: r.Path, Operate: true})
	}
	return all
}

// Methods are the HTTP methods of the route.
func (r Route) Methods() []string {
	if r.Method == "GET" && !r.Operate {
		return []string{"GET", "HEAD"}
	}
	return []string{r.Method}
}

// addAPI makes the REST API: regional, every call but the public ones authorised by Amazon Cognito for the scope that
// reads, or by an issuer of the operator's own, with access, execution and error logs.
func (core *DigitalTwinCore) addAPI() {
	scope, p, logs := core.Node, core.props, core.logs()
	own := p.Domain != nil
	api := awsapigateway.NewRestApi(scope, str("Api"), &awsapigateway.RestApiProps{
		RestApiName:               str("Digital Twin " + p.Environment),
		Description:               str("The newest reading of every component.metric"),
		EndpointConfiguration:     &awsapigateway.EndpointConfiguration{Types: list(awsapigateway.EndpointType_REGIONAL)},
		DisableExecuteApiEndpoint: &own, // two addresses would be two names of everything
		CloudWatchRole:            no,   // see addAPIAccount
		// API Gateway compresses by gzip what the function has not compressed by Brotli: a body with a Content-Encoding is
		// left alone. For that body, which comes in base64, every type is binary: API Gateway decodes it by the first media
		// type in the caller's Accept. A body that is text stays text. Those of requests come in base64 then, see package
		// gateway.
		MinCompressionSize: awscdk.Size_Bytes(num(api.MinCompressed)),
		BinaryMediaTypes:   strs("*/*"),
		DeployOptions: &awsapigateway.StageOptions{
			StageName:            str(stageName),
			ThrottlingRateLimit:  num(p.Rate),
			ThrottlingBurstLimit: num(p.Burst),
			LoggingLevel:         awsapigateway.MethodLoggingLevel_ERROR,
			TracingEnabled:       &p.Traces,
			DataTraceEnabled:     no, // it would log tokens and readings
			MetricsEnabled:       no, // by method; those of the API are there without it, and nothing looks at more
			AccessLogDestination: awsapigateway.NewLogGroupLogDestination(newLogGroup(scope, "AccessLogs", logs)),
			AccessLogFormat:      awsapigateway.AccessLogFormat_Custom(str(accessLog(core.clientClaim()))),
		},
	})
	core.API, core.APIURL = api, *api.UrlForPath(str("/v1"))
	// an output of the address that is not there with a domain; ApiUrl says the right one
	api.Node().TryRemoveChild(str("Endpoint"))
	resource := api.Node().DefaultChild().(awsapigateway.CfnRestApi)
	resource.SetSecurityPolicy(str("SecurityPolicy_" + string(tlsPolicy)))
	resource.SetEndpointAccessMode(str(string(awsapigateway.EndpointAccessMode_STRICT)))
	if own {
		core.APIURL = "https://" + p.Domain.Name + "/v1"
		core.DomainName = p.Domain.add(scope, api)
	}
	// API Gateway names the group of its execution logs itself. Made here, it has a key and an end.
	logs.Name = "API-Gateway-Execution-Logs_" + *api.RestApiId() + "/" + stageName
	api.DeploymentStage().Node().AddDependency(newLogGroup(scope, "ExecutionLogs", logs))
	if !p.SharedAPIAccount {
		api.DeploymentStage().Node().AddDependency(newAPIAccount(scope))
	}
	core.addRoutes()
	addProblems(api, core.metadataURL(), p.CORSOrigins)
	core.acceptStage()
}

// metadataURL is where the metadata of the API as a protected resource is (RFC 9728). It does not refer to the stage,
// which comes after the errors of API Gateway that name it.
func (core *DigitalTwinCore) metadataURL() string {
	if d := core.props.Domain; d != nil {
		return "https://" + d.Name + api.MetadataPath
	}
	stack := core.API.Stack()
	return "https://" + *core.API.RestApiId() + ".execute-api." + *stack.Region() + "." + *stack.UrlSuffix() + "/" +
		stageName + api.MetadataPath
}

func (core *DigitalTwinCore) acceptStage() {
	stage := core.API.DeploymentStage()
	if core.props.Firewall == nil {
		accept(stage, "Every call that reads data needs a token, and all calls are throttled.",
			"AwsSolutions-APIG3", "NIST.800.53.R5-APIGWAssociatedWithWAF")
	}
	accept(stage, "A cache would serve readings that are not the newest any more, and what one client may read to "+
		"another; ETags save the bytes.",
		"NIST.800.53.R5-APIGWCacheEnabledAndEncrypted")
	accept(stage, "A client certificate proves API Gateway to an HTTP server; here AWS Lambda is called, which IAM does.",
		"NIST.800.53.R5-APIGWSSLEnabled")
}

func (core *DigitalTwinCore) addRoutes() {
	api := core.API
	authorize := core.authorization()
	// One permission for the API, and not two for each method.
	integrate := func(f *Function) awsapigateway.Integration {
		return awsapigateway.NewLambdaIntegration(f.Function,
			&awsapigateway.LambdaIntegrationOptions{ScopePermissionToMethod: no})
	}
	query, operator := integrate(core.Query), integrate(core.Operate)
	routes := append(slices.Clone(Routes), operations()...)
	var inside awsapigateway.Integration
	if core.Inside != nil {
		routes = append(routes, insideRoutes...)
		inside = integrate(core.Inside)
	}
	if core.Feed != nil {
		routes = append(routes, followRoute)
	}
	validator := api.AddRequestValidator(str("Validator"), &awsapigateway.RequestValidatorOptions{
		ValidateRequestBody: yes, ValidateRequestParameters: yes,
	})
	selection := newSelection(api)
	var paths []string
	methods := map[string][]string{} // by path
	for _, r := range routes {
		integration, scope := query, access.ScopeRead
		if r.Operate {
			integration, scope = operator, access.ScopeOperate
		}
		if r.Follow {
			integration = core.integrateFollow()
		}
		if r.Inside {
			integration = inside
		}
		resource := api.Root().ResourceForPath(str(r.Path))
		for _, method := range r.Methods() {
			options := &awsapigateway.MethodOptions{
				OperationName:     str(method + " " + r.Path),
				RequestValidator:  validator,
				RequestParameters: pathParameters(r.Path),
				AuthorizationType: awsapigateway.AuthorizationType_NONE,
			}
			if method == "POST" && !r.Operate {
				options.RequestModels = &map[string]awsapigateway.IModel{"application/json": selection}
			}
			if !r.Public {
				asks := core.props.asksForKeys()
				options.ApiKeyRequired = &asks
				authorize(options, scope)
			}
			m := resource.AddMethod(str(method), integration, options)
			if r.Public {
				accept(m, "Who calls this has no token yet, and the answer is the same for everybody: that the function runs, "+
					"and how to get a token.",
					"AwsSolutions-APIG4", "AwsSolutions-COG4")
			} else if core.props.Auth != nil {
				accept(m, "The tokens are of the operator's own issuer. A function verifies them.", "AwsSolutions-COG4")
			}
		}
		if methods[r.Path] == nil {
			paths = append(paths, r.Path)
		}
		methods[r.Path] = append(methods[r.Path], r.Methods()...)
	}
	if len(core.props.CORSOrigins) > 0 {
		for _, path := range paths {
			addPreflight(api.Root().ResourceForPath(str(path)), core.props.CORSOrigins, methods[path])
		}
	}
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

// newSelection is the body of POST /v1/readings:query as API Gateway checks it where it reads bodies as text, before
// the function is paid for: the schema Selection of internal/api's OpenAPI document. The function checks it in any
// case.
func newSelection(api awsapigateway.RestApi) awsapigateway.IModel {
	names := &awsapigateway.JsonSchema{
		Type: awsapigateway.JsonSchemaType_ARRAY, MinItems: num(1), MaxItems: num(1000),
		Items: &awsapigateway.JsonSchema{Type: awsapigateway.JsonSchemaType_STRING, MinLength: num(1), MaxLength: num(1024)},
	}
	return api.AddModel(str("Selection"), &awsapigateway.ModelOptions{
		ContentType: str("application/json"),
		Description: str("The components and metrics of a matrix of readings"),
		Schema: &awsapigateway.JsonSchema{
			Schema:               awsapigateway.JsonSchemaVersion_DRAFT4,
			Type:                 awsapigateway.JsonSchemaType_OBJECT,
			AdditionalProperties: false,
			Required:             strs("components", "metrics"),
			Properties:           &map[string]*awsapigateway.JsonSchema{"components": names, "metrics": names},
		},
	})
}
