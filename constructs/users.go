package constructs

import (
	"fmt"
	"net/url"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/access"
)

// Users is who may read: an Amazon Cognito user pool with one resource server, whose scope the API asks for.
type Users struct {
	Pool      awscognito.UserPool
	Domain    awscognito.UserPoolDomain
	Server    awscognito.UserPoolResourceServer
	People    awscognito.UserPoolClient // by which people sign in; nil without [DigitalTwinCoreProps.People]
	Terminal  awscognito.UserPoolClient // by which they sign in with "twin login"; nil the same
	Issuer    string                    // of the tokens, as an OpenID Connect issuer
	TokenURL  string
	SignInURL string // where an application sends people to sign in (OAuth 2.0 authorization endpoint)

	// The scopes, as a client asks for them: twin/read and twin/operate.
	ReadScope, OperateScope string

	read, operate awscognito.OAuthScope
}

// People lets people sign in to an application of yours, such as a web page, and read with it: OAuth 2.0
// authorization code with PKCE. The application has no secret, because it could not keep one. People are
// invited by an administrator and sign in with a second factor.
type People struct {
	// CallbackURLs are where the application takes the code: https, or http on localhost. At least one.
	CallbackURLs []string `json:"callbackUrls"`
	// LogoutURLs are where it may send people after they signed out.
	LogoutURLs []string `json:"logoutUrls"`
	// Operate lets the application ask for twin/operate, so that operators can work with it. Default: it reads only.
	Operate bool `json:"operate"`
	// Limits are what the application may ask of the API, for all people together. Default: as the whole API.
	Limits Limits `json:"limits"`
}

// signedIn is how long people stay signed in.
const signedIn = 12 * time.Hour

func (p *People) check() []error {
	if p == nil {
		return nil
	}
	errs := p.Limits.check("people.limits")
	if len(p.CallbackURLs) == 0 {
		errs = append(errs, fmt.Errorf("people.callbackUrls is empty: want where the application takes the authorization "+
			"code, as https://app.example.com/signed-in"))
	}
	for _, f := range []struct {
		name string
		urls []string
	}{{"people.callbackUrls", p.CallbackURLs}, {"people.logoutUrls", p.LogoutURLs}} {
		for _, text := range f.urls {
			u, err := url.Parse(text)
			local := err == nil && u.Scheme == "http" && u.Hostname() == "localhost"
			if err != nil || u.Host == "" || u.Fragment != "" || u.Scheme != "https" && !local {
				errs = append(errs, fmt.Errorf("%s has %q: want a URL with https, or with http on localhost, and without a #",
					f.name, text))
			}
		}
	}
	return errs
}

func newUsers(scope awsconstructs.Construct, p DigitalTwinCoreProps) *Users {
	pool := awscognito.NewUserPool(scope, str("Users"), &awscognito.UserPoolProps{
		SelfSignUpEnabled:  no,
		SignInAliases:      &awscognito.SignInAliases{Email: yes},
		FeaturePlan:        awscognito.FeaturePlan_ESSENTIALS,
		Mfa:                awscognito.Mfa_REQUIRED,
		MfaSecondFactor:    &awscognito.MfaSecondFactor{Otp: yes, Sms: no},
		AccountRecovery:    awscognito.AccountRecovery_EMAIL_ONLY,
		DeletionProtection: &p.Protect,
		RemovalPolicy:      removal(p.Retain),
		PasswordPolicy: &awscognito.PasswordPolicy{
			MinLength: num(14), RequireDigits: yes, RequireLowercase: yes, RequireUppercase: yes, RequireSymbols: yes,
		},
	})
	accept(pool, "People cannot sign themselves up and need a second factor; threat protection is a feature of the Plus "+
		"plan, which is paid for by the user.",
		"AwsSolutions-COG3")
	stack := awscdk.Stack_Of(pool)
	domain := pool.AddDomain(str("Domain"), &awscognito.UserPoolDomainOptions{
		CognitoDomain: &awscognito.CognitoDomainOptions{
			// The one name that must be unique in a region: the account makes it so.
			DomainPrefix: str(fmt.Sprintf("digitaltwin-%s-%s", p.Environment, *stack.Account())),
		},
	})
	read := awscognito.NewResourceServerScope(&awscognito.ResourceServerScopeProps{
		ScopeName: str("read"), ScopeDescription: str("Read the twins"),
	})
	operates := awscognito.NewResourceServerScope(&awscognito.ResourceServerScopeProps{
		ScopeName: str("operate"), ScopeDescription: str("Forget, replay, rebuild and pause"),
	})
	server := pool.AddResourceServer(str("ResourceServer"), &awscognito.UserPoolResourceServerOptions{
		Identifier: str("twin"), Scopes: list(read, operates),
	})
	u := &Users{
		Pool: pool, Domain: domain, Server: server,
		ReadScope: access.ScopeRead, OperateScope: access.ScopeOperate,
		Issuer:    issuerOf(stack, pool), // the attribute ProviderURL is the same, and emulators do not know it
		TokenURL:  *domain.BaseUrl(nil) + "/oauth2/token",
		SignInURL: *domain.BaseUrl(nil) + "/oauth2/authorize",
		read:      awscognito.OAuthScope_ResourceServer(server, read),
		operate:   awscognito.OAuthScope_ResourceServer(server, operates),
	}
	if p.People != nil {
		u.People = u.addPeople("People", p, p.People.CallbackURLs, p.People.LogoutURLs)
		u.Terminal = u.addPeople("Terminal", p, terminalRedirects, nil)
	}
	return u
}

// scopes are what a client may ask for.
func (u *Users) scopes(operate bool) []awscognito.OAuthScope {
	if operate {
		return []awscognito.OAuthScope{u.read, u.operate}
	}
	return []awscognito.OAuthScope{u.read}
}

// scopeNames are the same, as a client asks for them.
func (u *Users) scopeNames(operate bool) []string {
	if operate {
		return []string{u.ReadScope, u.OperateScope}
	}
	return []string{u.ReadScope}
}

// addMachine makes a client of the pool for a machine. Amazon Cognito makes its secret.
func (u *Users) addMachine(id string, token time.Duration, operate bool) awscognito.UserPoolClient {
	return u.Pool.AddClient(str(id), &awscognito.UserPoolClientOptions{
		GenerateSecret:             yes,
		AccessTokenValidity:        duration(token),
		EnableTokenRevocation:      yes,
		PreventUserExistenceErrors: yes,
		OAuth: &awscognito.OAuthSettings{
			Flows:  &awscognito.OAuthFlows{ClientCredentials: yes},
			Scopes: list(u.scopes(operate)...),
		},
	})
}

// terminalRedirects are where "twin login" takes the code, on the machine of whoever signs in: the later ones while
// another program has the port. The pool compares ports, though RFC 8252 wants any; and all of its documentation lets
// localhost do without TLS, not all of it 127.0.0.1.
var terminalRedirects = []string{
	"http://localhost:8765/callback", "http://localhost:18765/callback", "http://localhost:28765/callback",
}

// addPeople makes a public client of the pool, by which people sign in.
func (u *Users) addPeople(id string, p DigitalTwinCoreProps, callbacks, logouts []string) awscognito.UserPoolClient {
	settings := &awscognito.OAuthSettings{
		Flows:        &awscognito.OAuthFlows{AuthorizationCodeGrant: yes},
		Scopes:       list(append([]awscognito.OAuthScope{awscognito.OAuthScope_OPENID()}, u.scopes(p.People.Operate)...)...),
		CallbackUrls: strs(callbacks...),
	}
	if len(logouts) > 0 {
		settings.LogoutUrls = strs(logouts...)
	}
	return u.Pool.AddClient(str(id), &awscognito.UserPoolClientOptions{
		GenerateSecret:             no,
		AccessTokenValidity:        duration(p.TokenValidity),
		IdTokenValidity:            duration(p.TokenValidity),
		RefreshTokenValidity:       duration(max(signedIn, p.TokenValidity)),
		EnableTokenRevocation:      yes,
		PreventUserExistenceErrors: yes,
		SupportedIdentityProviders: list(awscognito.UserPoolClientIdentityProvider_COGNITO()),
		OAuth:                      settings,
	})
}

// issuerOf is the name of a user pool as the issuer of tokens.
func issuerOf(stack awscdk.Stack, pool awscognito.IUserPool) string {
	return fmt.Sprintf("https://cognito-idp.%s.%s/%s", *stack.Region(), *stack.UrlSuffix(), *pool.UserPoolId())
}
