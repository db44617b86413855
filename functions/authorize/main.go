// Command authorize is the Lambda authorizer of the API where the operator's own OpenID Connect issuer gives out the
// tokens: API Gateway asks it about a token, and remembers its answer for as long as the constructs say.
//
// It is an authorizer of the type TOKEN: it is handed the header Authorization and nothing else of the call, so nothing
// else can make a difference, and API Gateway refuses what does not look like a token without calling it. Its answer
// allows the whole stage, because it is remembered for the token and used for other methods too: which scope a route
// needs and who may read what is judged by the function behind the route, by the claims in the context.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/functions/internal/gateway"
	"github.com/railtwin/digitaltwin/functions/internal/start"
	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/token"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() { start.Function(open) }

func open() (handler, error) {
	settings, err := wiring.FromEnv[wiring.Authorize]()
	if err != nil {
		return nil, err
	}
	config := token.Config{Algorithms: token.Algorithms}
	if err := json.Unmarshal([]byte(settings.Auth), &config.Settings); err != nil {
		return nil, fmt.Errorf("authorize: TWIN_AUTH: %w", err)
	}
	v, err := token.New(config)
	if err != nil {
		return nil, fmt.Errorf("authorize: TWIN_AUTH: %w", err)
	}
	return newHandler(v), nil
}

type (
	request  = events.APIGatewayCustomAuthorizerRequest
	response = events.APIGatewayCustomAuthorizerResponse
	handler  = func(context.Context, request) (response, error)
)

// errUnauthorized is what API Gateway answers with 401. Any other error is 500 to the caller.
var errUnauthorized = errors.New("Unauthorized")

func newHandler(v *token.Verifier) handler {
	return func(ctx context.Context, r request) (response, error) {
		stage, err := stageOf(r.MethodArn)
		if err != nil {
			return response{}, err
		}
		caller, err := verify(ctx, v, r.AuthorizationToken)
		switch {
		case errors.Is(err, token.ErrUnreachable):
			slog.ErrorContext(ctx, "authorize: a token could not be verified", "error", err)
			return response{}, err
		case err != nil:
			slog.InfoContext(ctx, "authorize: a token was refused", "reason", err)
			return response{}, errUnauthorized
		}
		effect := "Deny"
		if caller.Has(access.ScopeRead) || caller.Has(access.ScopeOperate) {
			effect = "Allow"
		}
		return response{
			PrincipalID: caller.Subject,
			PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{
				Version: "2012-10-17",
				Statement: []events.IAMPolicyStatement{{
					Action: []string{"execute-api:Invoke"}, Effect: effect, Resource: []string{stage + "/*"},
				}},
			},
			Context: gateway.CallerContext(caller),
		}, nil
	}
}

func verify(ctx context.Context, v *token.Verifier, header string) (access.Caller, error) {
	raw, err := token.FromValue(header)
	if err != nil {
		return access.Caller{}, err
	}
	return v.Verify(ctx, raw)
}

// stageOf returns the ARN of the stage of a method, arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH.
func stageOf(method string) (string, error) {
	parts := strings.SplitN(method, "/", 4)
	if len(parts) < 3 || !strings.Contains(parts[0], ":execute-api:") {
		return "", errors.New("authorize: the event has no methodArn: is the function called by a REST API?")
	}
	return parts[0] + "/" + parts[1], nil
}
