package constructs

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/token"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Auth is an OpenID Connect issuer of your own, which gives out the tokens instead of Amazon Cognito. Its clients and
// people are its own business: the environment has no user pool, no clients and no secrets of clients. A token must be
// a JWT that is signed with RS256, PS256 or ES256 and names its key, with the scope twin/read.
type Auth = token.Settings

// AuthClaims are the names of claims of an [Auth].
type AuthClaims = token.Claims

// authorizedTime is how long API Gateway remembers that a token is good.
const authorizedTime = 5 * time.Minute

// tokenForm is what a header Authorization must look like before the authorizer is paid for. The length is that of
// token.MaxToken; API Gateway takes headers of 10,240 bytes together.
const tokenForm = `^[Bb][Ee][Aa][Rr][Ee][Rr] +[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`

// checkAuth finds what is wrong with an issuer, and what makes no sense beside it. The other settings are as they were
// given, without defaults.
func checkAuth(a *Auth, clients map[string]ClientProps, people *People, tokens bool) []error {
	if a == nil {
		return nil
	}
	var errs []error
	for _, err := range a.Check() {
		errs = append(errs, fmt.Errorf("auth.%w", err))
	}
	if strings.HasPrefix(a.Issuer, "http://") {
		errs = append(errs, fmt.Errorf("auth.issuer is %q: want a URL with https, which AWS can reach", a.Issuer))
	}
	if len(clients) > 0 {
		errs = append(errs, errors.New("auth and clients exclude each other: with auth your issuer knows the clients, "+
			"keeps their secrets and limits them"))
	}
	if people != nil {
		errs = append(errs, errors.New("auth and people exclude each other: with auth your issuer signs people in"))
	}
	if tokens {
		errs = append(errs, errors.New("auth and tokenMinutes exclude each other: with auth your issuer says how long a "+
			"token is good for"))
	}
	return errs
}

// addAuthorize makes the function that verifies the tokens of an issuer of the operator's own. It may write its log,
// and nothing else.
func (core *DigitalTwinCore) addAuthorize() error {
	settings, err := json.Marshal(core.props.Auth)
	if err != nil {
		return err
	}
	f, err := core.newCoreFunction("Authorize", "authorize",
		"Digital Twin: verifies access tokens of the operator's own issuer",
		10*time.Second, wiring.Authorize{Auth: string(settings)}.Env())
	if err != nil {
		return err
	}
	acceptThrottled(f)
	acceptAnswering(f)
	core.Authorize = f
	return nil
}

// authorization returns what makes a method ask for a token with a scope.
func (core *DigitalTwinCore) authorization() func(options *awsapigateway.MethodOptions, scope string) {
	ttl := duration(authorizedTime)
	if core.props.Auth == nil {
		cognito := awsapigateway.NewCognitoUserPoolsAuthorizer(core.Node, str("Authorizer"),
			&awsapigateway.CognitoUserPoolsAuthorizerProps{
				CognitoUserPools: list[awscognito.IUserPool](core.Users.Pool), ResultsCacheTtl: ttl,
			})
		return func(options *awsapigateway.MethodOptions, scope string) {
			options.Authorizer, options.AuthorizationType = cognito, awsapigateway.AuthorizationType_COGNITO
			options.AuthorizationScopes = strs(scope)
		}
	}
	// The scope of the route is checked by the function behind it: an answer of the authorizer is for all routes.
	own := awsapigateway.NewTokenAuthorizer(core.Node, str("IssuerAuthorizer"), &awsapigateway.TokenAuthorizerProps{
		Handler: core.Authorize.Function, ResultsCacheTtl: ttl, ValidationRegex: str(tokenForm),
	})
	return func(options *awsapigateway.MethodOptions, _ string) {
		options.Authorizer, options.AuthorizationType = own, awsapigateway.AuthorizationType_CUSTOM
	}
}

// clientClaim is where an authorizer says which client calls.
func (core *DigitalTwinCore) clientClaim() string {
	if core.props.Auth != nil {
		return "client" // of the context that the authorize function returns
	}
	return "claims.client_id"
}

// readScope is the scope that reads, as a client asks for it.
func (core *DigitalTwinCore) readScope() string {
	if core.Users != nil {
		return core.Users.ReadScope
	}
	return access.ScopeRead
}
