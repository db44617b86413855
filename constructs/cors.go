package constructs

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
)

// What scripts of the allowed origins may send, beyond what any may.
const corsHeaders = "Authorization, Content-Type, If-None-Match, Last-Event-ID, X-Api-Key"

func checkOrigins(origins []string) []error {
	var errs []error
	for _, o := range origins {
		u, err := url.Parse(o)
		local := err == nil && u.Scheme == "http" && u.Hostname() == "localhost"
		if o != "*" && (err != nil || u.Host == "" || u.Scheme+"://"+u.Host != o || u.Scheme != "https" && !local) {
			errs = append(errs, fmt.Errorf("corsOrigins has %q: want an origin such as https://app.example.com, without a "+
				"path or a / at its end", o))
		}
	}
	if slices.Contains(origins, "*") && len(origins) > 1 {
		errs = append(errs, fmt.Errorf(`corsOrigins has "*", which is every origin, and %d more: want one or the other`,
			len(origins)-1))
	}
	return errs
}

// addPreflight answers the question that a browser asks before a call, without a token, and without the function.
// The answer to the call itself comes from the function, see functions/query.
func addPreflight(resource awsapigateway.IResource, origins, methods []string) {
	const header = "method.response.header.Access-Control-"
	values := map[string]string{
		header + "Allow-Origin":       "'" + origins[0] + "'",
		header + "Allow-Methods":      "'" + strings.Join(append(slices.Clone(methods), "OPTIONS"), ", ") + "'",
		header + "Allow-Headers":      "'" + corsHeaders + "'",
		header + "Max-Age":            "'7200'", // more than browsers keep is as good as what they keep
		"method.response.header.Vary": "'Origin'",
	}
	declared := map[string]*bool{}
	for name := range values {
		declared[name] = yes
	}
	resource.AddMethod(str("OPTIONS"), awsapigateway.NewMockIntegration(&awsapigateway.IntegrationOptions{
		// Every type is binary here, and a template needs text: without this a preflight is answered with 500.
		ContentHandling:     awsapigateway.ContentHandling_CONVERT_TO_TEXT,
		PassthroughBehavior: awsapigateway.PassthroughBehavior_WHEN_NO_TEMPLATES,
		RequestTemplates:    stringMap(map[string]string{"application/json": `{"statusCode": 204}`}),
		IntegrationResponses: list(&awsapigateway.IntegrationResponse{
			StatusCode: str("204"), ResponseParameters: stringMap(values),
			ContentHandling:   awsapigateway.ContentHandling_CONVERT_TO_TEXT,
			ResponseTemplates: stringMap(map[string]string{"application/json": otherOrigins(origins[1:])}),
		}),
	}), &awsapigateway.MethodOptions{
		AuthorizationType: awsapigateway.AuthorizationType_NONE,
		MethodResponses:   list(&awsapigateway.MethodResponse{StatusCode: str("204"), ResponseParameters: &declared}),
	})
}

// otherOrigins is the template that answers with the origin that asks, if it is one of these. A header can have
// one origin only.
func otherOrigins(origins []string) string {
	if len(origins) == 0 {
		return ""
	}
	var tests []string
	for _, o := range origins {
		tests = append(tests, `$origin == "`+o+`"`)
	}
	return `#set($origin = $input.params().header.get("Origin"))
#if(!$origin) #set($origin = $input.params().header.get("origin")) #end
#if(` + strings.Join(tests, " || ") + `)
#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)
#end`
}

// problemOrigin is who may read API Gateway's own answers. They cannot depend on who asks, and are the same for
// everybody, so where there are several origins, they are for all.
func problemOrigin(origins []string) string {
	if len(origins) == 1 {
		return origins[0]
	}
	return "*"
}
