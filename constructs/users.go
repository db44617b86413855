package constructs

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// Users is who may read: an Amazon Cognito user pool with one resource server, whose scope the API asks
// for, and a first client for machines (OAuth 2.0 client credentials).
type Users struct {
	Pool      awscognito.UserPool
	Domain    awscognito.UserPoolDomain
	Server    awscognito.UserPoolResourceServer
	Machine   awscognito.UserPoolClient
	ReadScope string // as a client asks for it: twin/read
	TokenURL  string

	read awscognito.OAuthScope
}

func newUsers(scope awsconstructs.Construct, p DigitalTwinCoreProps) *Users {
	pool := awscognito.NewUserPool(scope, str("Users"), &awscognito.UserPoolProps{
		SelfSignUpEnabled:  no,
		SignInAliases:      &awscognito.SignInAliases{Email: yes},
		FeaturePlan:        awscognito.FeaturePlan_ESSENTIALS,
		Mfa:                awscognito.Mfa_REQUIRED,
		MfaSecondFactor:    &awscognito.MfaSecondFactor{Otp: yes, Sms: no},
		AccountRecovery:    awscognito.AccountRecovery_EMAIL_ONLY,
		DeletionProtection: &p.Retain,
		RemovalPolicy:      removal(p.Retain),
		PasswordPolicy: &awscognito.PasswordPolicy{
			MinLength: num(14), RequireDigits: yes, RequireLowercase: yes, RequireUppercase: yes, RequireSymbols: yes,
		},
	})
	accept(pool, "People cannot sign themselves up and need a second factor; threat protection is a feature of the Plus plan, which is paid for by the user.",
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
	server := pool.AddResourceServer(str("ResourceServer"), &awscognito.UserPoolResourceServerOptions{
		Identifier: str("twin"), Scopes: list(read),
	})
	u := &Users{
		Pool: pool, Domain: domain, Server: server,
		ReadScope: "twin/read",
		TokenURL:  *domain.BaseUrl(nil) + "/oauth2/token",
		read:      awscognito.OAuthScope_ResourceServer(server, read),
	}
	u.Machine = u.AddMachine("Machine", p)
	return u
}

// AddMachine makes a client for a machine. Amazon Cognito makes its secret, and it stays there.
func (u *Users) AddMachine(id string, p DigitalTwinCoreProps) awscognito.UserPoolClient {
	return u.Pool.AddClient(str(id), &awscognito.UserPoolClientOptions{
		GenerateSecret:             yes,
		AccessTokenValidity:        duration(p.TokenValidity),
		EnableTokenRevocation:      yes,
		PreventUserExistenceErrors: yes,
		OAuth: &awscognito.OAuthSettings{
			Flows:  &awscognito.OAuthFlows{ClientCredentials: yes},
			Scopes: list(u.read),
		},
	})
}
