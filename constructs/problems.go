package constructs

import (
	"maps"
	"slices"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
)

// addProblems makes API Gateway's own answers look like the API's: application/problem+json (RFC 9457). What has no
// words here has those of API Gateway, and its status. Where a token is missing or does not suffice, the answer names
// the metadata of the API, from which clients learn how to get one (RFC 9728, 5.1).
func addProblems(api awsapigateway.RestApi, metadata string, origins []string) {
	answers := map[string]struct {
		kind   awsapigateway.ResponseType
		status int
		title  string
	}{
		"Unauthorized": {awsapigateway.ResponseType_UNAUTHORIZED(), 401, "A valid access token is needed"},
		"AccessDenied": {awsapigateway.ResponseType_ACCESS_DENIED(), 403, "The access token does not allow this"},
		"NoKey": {awsapigateway.ResponseType_INVALID_API_KEY(), 403,
			"The key of the client is needed in the header x-api-key"},
		"Blocked":    {awsapigateway.ResponseType_WAF_FILTERED(), 403, "The request was blocked"},
		"NoIssuer":   {awsapigateway.ResponseType_AUTHORIZER_FAILURE(), 503, "The access token cannot be verified now"},
		"NotFound":   {awsapigateway.ResponseType_MISSING_AUTHENTICATION_TOKEN(), 404, "There is no such resource"},
		"Throttled":  {awsapigateway.ResponseType_THROTTLED(), 429, "Too many requests"},
		"Quota":      {awsapigateway.ResponseType_QUOTA_EXCEEDED(), 429, "Too many requests today"},
		"TooLarge":   {awsapigateway.ResponseType_REQUEST_TOO_LARGE(), 413, "The request is too large"},
		"BadRequest": {awsapigateway.ResponseType_BAD_REQUEST_PARAMETERS(), 400, "A parameter is missing"},
		"BadBody":    {awsapigateway.ResponseType_BAD_REQUEST_BODY(), 400, "The body is not what is expected"},
		"Timeout":    {awsapigateway.ResponseType_INTEGRATION_TIMEOUT(), 504, "The answer took too long"},
		"Failure":    {awsapigateway.ResponseType_INTEGRATION_FAILURE(), 502, "The answer could not be made"},
	}
	headers := map[string]string{"Content-Type": "'application/problem+json'", "Cache-Control": "'no-store'"}
	if len(origins) > 0 {
		headers["Access-Control-Allow-Origin"] = "'" + problemOrigin(origins) + "'"
	}
	for _, rest := range []struct {
		id   string
		kind awsapigateway.ResponseType
	}{{"Refused", awsapigateway.ResponseType_DEFAULT_4XX()}, {"Failed", awsapigateway.ResponseType_DEFAULT_5XX()}} {
		api.AddGatewayResponse(str(rest.id), &awsapigateway.GatewayResponseOptions{
			Type: rest.kind, ResponseHeaders: stringMap(headers),
			Templates: stringMap(map[string]string{"application/json": `{"type":"about:blank","title":$context.error.messageString}`}),
		})
	}
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		a := answers[id]
		status := strconv.Itoa(a.status)
		headers := maps.Clone(headers)
		switch id {
		case "Unauthorized":
			headers["WWW-Authenticate"] = `'Bearer resource_metadata="` + metadata + `"'`
		case "AccessDenied":
			headers["WWW-Authenticate"] = `'Bearer error="insufficient_scope", resource_metadata="` + metadata + `"'`
		}
		api.AddGatewayResponse(str(id), &awsapigateway.GatewayResponseOptions{
			Type: a.kind, StatusCode: str(status),
			ResponseHeaders: stringMap(headers),
			Templates: stringMap(map[string]string{
				"application/json": `{"type":"about:blank","title":"` + a.title + `","status":` + status + `}`,
			}),
		})
	}
}
