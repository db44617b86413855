package constructs

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/railtwin/digitaltwin/internal/page"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Page is the explorer page on the web: a bucket with its files, which only Amazon CloudFront reads. People sign in to
// it by the user pool, with authorization code and PKCE, and see what their grants let them.
//
// The bucket is encrypted with the key of Amazon S3: it holds the files of a program that everybody may have, and no
// data.
type Page struct {
	// Operate lets the page ask for twin/operate, so that operators see rejects, replay and forget with it. Default: it
	// reads only.
	Operate bool `json:"operate"`
}

// checkPage finds what makes no sense beside a page.
func checkPage(p *Page, auth *Auth) []error {
	if p != nil && auth != nil {
		return []error{errors.New("page and auth exclude each other: people sign in to the page by the user pool, which " +
			"auth takes the place of")}
	}
	return nil
}

// webPage is what makes the page.
type webPage struct {
	bucket       awss3.Bucket
	distribution awscloudfront.Distribution
	client       awscognito.UserPoolClient
	url          string // without a / at its end
}

// addPage makes the bucket, the distribution and the client. The address of the page is known then, and what lets it
// call the API follows; [DigitalTwinCore.publishPage] needs the API.
func (core *DigitalTwinCore) addPage() {
	if core.props.Page == nil {
		return
	}
	w := &webPage{bucket: core.newPageBucket()}
	w.distribution = awscloudfront.NewDistribution(core.Node, str("Page"), &awscloudfront.DistributionProps{
		Comment:           str("Digital Twin " + core.environment + ": the page"),
		DefaultRootObject: str(page.Index),
		HttpVersion:       awscloudfront.HttpVersion_HTTP2_AND_3,
		PriceClass:        awscloudfront.PriceClass_PRICE_CLASS_100,
		DefaultBehavior: &awscloudfront.BehaviorOptions{
			Origin:               awscloudfrontorigins.S3BucketOrigin_WithOriginAccessControl(w.bucket, nil),
			ViewerProtocolPolicy: awscloudfront.ViewerProtocolPolicy_REDIRECT_TO_HTTPS,
			AllowedMethods:       awscloudfront.AllowedMethods_ALLOW_GET_HEAD(),
			// an answer says no-cache: it is asked for again after a second
			CachePolicy: awscloudfront.CachePolicy_CACHING_OPTIMIZED(),
			Compress:    yes,
		},
	})
	w.url = "https://" + *w.distribution.DistributionDomainName()
	accept(w.distribution, "The files are those of a program that everybody may have; who may see data decides the API, "+
		"for each call.",
		"AwsSolutions-CFR1", "AwsSolutions-CFR2", "AwsSolutions-CFR3")
	accept(w.distribution, "CloudFront's own certificate allows older versions of TLS. No data goes this way: the API "+
		"has its own address and policy.",
		"AwsSolutions-CFR4")
	w.client = core.Users.addPage(core.props, w.url)
	if !slices.Contains(core.props.CORSOrigins, "*") {
		core.props.CORSOrigins = append(slices.Clone(core.props.CORSOrigins), w.url)
	}
	core.Page = w
}

func (core *DigitalTwinCore) newPageBucket() awss3.Bucket {
	bucket := awss3.NewBucket(core.Node, str("PageFiles"), &awss3.BucketProps{
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        yes,
		MinimumTLSVersion: jsii.Number(1.2),
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		RemovalPolicy:     awscdk.RemovalPolicy_DESTROY, // a deployment puts everything in it
	})
	accept(bucket, "It holds the files of a program that everybody may have, which a deployment puts there again; "+
		"CloudFront alone reads them.",
		"AwsSolutions-S1", "NIST.800.53.R5-S3BucketLoggingEnabled", "NIST.800.53.R5-S3BucketReplicationEnabled",
		"NIST.800.53.R5-S3BucketVersioningEnabled", "NIST.800.53.R5-S3DefaultEncryptionKMS")
	return bucket
}

// addPage makes the public client of the page.
func (u *Users) addPage(p DigitalTwinCoreProps, url string) awscognito.UserPoolClient {
	one := p
	one.People = &People{Operate: p.Page.Operate}
	return u.addPeople("PageClient", one, []string{url + "/", url + "/" + page.Docs}, []string{url + "/"})
}

// publishPage puts the files into the bucket, and lets the page connect to the API and to the user pool.
func (core *DigitalTwinCore) publishPage() error {
	if core.Page == nil {
		return nil
	}
	w := core.Page
	api := strings.TrimSuffix(core.APIURL, "/v1")
	signIn := *core.Users.Domain.BaseUrl(nil)
	headers := awscloudfront.NewResponseHeadersPolicy(core.Node, str("PageHeaders"),
		&awscloudfront.ResponseHeadersPolicyProps{
			Comment: str("Digital Twin " + core.environment + ": the page"),
			SecurityHeadersBehavior: &awscloudfront.ResponseSecurityHeadersBehavior{
				ContentSecurityPolicy: &awscloudfront.ResponseHeadersContentSecurityPolicy{
					ContentSecurityPolicy: str(page.Policy(core.apiOrigin(), signIn)), Override: yes,
				},
				ContentTypeOptions: &awscloudfront.ResponseHeadersContentTypeOptions{Override: yes},
				FrameOptions: &awscloudfront.ResponseHeadersFrameOptions{
					FrameOption: awscloudfront.HeadersFrameOption_DENY, Override: yes,
				},
				ReferrerPolicy: &awscloudfront.ResponseHeadersReferrerPolicy{
					ReferrerPolicy: awscloudfront.HeadersReferrerPolicy_NO_REFERRER, Override: yes,
				},
				StrictTransportSecurity: &awscloudfront.ResponseHeadersStrictTransportSecurity{
					AccessControlMaxAge: awscdk.Duration_Days(num(365)), Override: yes,
				},
			},
		})
	w.distribution.Node().DefaultChild().(awscdk.CfnResource).AddPropertyOverride(
		str("DistributionConfig.DefaultCacheBehavior.ResponseHeadersPolicyId"), headers.ResponseHeadersPolicyId())

	f, err := core.newCoreFunction("PublishPage", "page", "Digital Twin: puts the files of the page into their bucket",
		2*time.Minute, nil)
	if err != nil {
		return err
	}
	bucket := *w.bucket.BucketArn()
	f.allow("ListFiles", []string{"s3:ListBucket"}, bucket)
	f.allow("WriteFiles", []string{"s3:DeleteObject", "s3:PutObject"}, bucket+"/*")
	acceptDeployment(f)
	acceptPattern(f.Policy, "Arn>/*", "It puts and deletes all files of this one bucket.")
	config := page.Config{API: api, Environment: core.environment, Feed: core.props.Changes != nil, Inside: true,
		Activity: 60, SignIn: &page.SignIn{
			URL: core.Users.SignInURL, ClientID: *w.client.UserPoolClientId(),
			Scopes: core.Users.scopeNames(core.props.Page.Operate),
		}}
	resource := awscdk.NewCustomResource(core.Node, str("PagePublished"), &awscdk.CustomResourceProps{
		ServiceToken:   f.Function.FunctionArn(),
		ResourceType:   str("Custom::DigitalTwinPage"),
		ServiceTimeout: duration(3 * time.Minute),
		Properties: wiring.Page{Bucket: *w.bucket.BucketName(), Config: string(config.JSON()),
			Version: page.Version()}.Properties(),
	})
	resource.Node().AddDependency(f.Policy)
	if policy := w.bucket.Policy(); policy != nil {
		resource.Node().AddDependency(policy)
	}
	addOutput(core.Node, "PageUrl", w.url+"/", "The address of the page")
	return nil
}

// apiOrigin is the origin of the API, as a browser has it.
func (core *DigitalTwinCore) apiOrigin() string {
	if d := core.props.Domain; d != nil {
		return "https://" + d.Name
	}
	stack := awscdk.Stack_Of(core.Node)
	return fmt.Sprintf("https://%s.execute-api.%s.%s", *core.API.RestApiId(), *stack.Region(), *stack.UrlSuffix())
}
