package constructs

import (
	"fmt"
	"regexp"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// Domain is an address of your own for the API, https://NAME/v1. API Gateway's own address is switched off then.
type Domain struct {
	// Name is the domain name, as twin.example.com.
	Name string `json:"name"`
	// CertificateARN is a certificate for the name in AWS Certificate Manager, of the region of the API.
	CertificateARN string `json:"certificateArn"`
	// HostedZoneID is the zone in Amazon Route 53 that gets the record for the name. Without it, make one
	// yourself, to what the output DomainTarget says.
	HostedZoneID string `json:"hostedZoneId"`
}

var (
	domainName     = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$`)
	certificateARN = regexp.MustCompile(`^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[a-zA-Z0-9-]+$`)
	hostedZoneID   = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)
)

func (d *Domain) check() []error {
	if d == nil {
		return nil
	}
	var errs []error
	for _, f := range []struct {
		name, value string
		is          *regexp.Regexp
		want        string
	}{
		{"domain.name", d.Name, domainName, "a name such as twin.example.com, in lower case"},
		{"domain.certificateArn", d.CertificateARN, certificateARN, "arn:aws:acm:REGION:ACCOUNT:certificate/ID"},
		{"domain.hostedZoneId", d.HostedZoneID, hostedZoneID, "an id such as Z0123456789ABC"},
	} {
		if !f.is.MatchString(f.value) && (f.value != "" || f.is != hostedZoneID) {
			errs = append(errs, fmt.Errorf("%s is %q: want %s", f.name, f.value, f.want))
		}
	}
	return errs
}

// add gives an API the name, and the name its record.
func (d *Domain) add(scope awsconstructs.Construct, api awsapigateway.RestApi) awsapigateway.DomainName {
	domain := awsapigateway.NewDomainName(scope, str("DomainName"), &awsapigateway.DomainNameProps{
		DomainName: str(d.Name),
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(scope, str("Certificate"),
			str(d.CertificateARN)),
		EndpointType:   awsapigateway.EndpointType_REGIONAL,
		SecurityPolicy: tlsPolicy, EndpointAccessMode: awsapigateway.EndpointAccessMode_STRICT,
		Mapping: api,
	})
	if d.HostedZoneID != "" {
		awsroute53.NewCfnRecordSet(scope, str("DomainRecord"), &awsroute53.CfnRecordSetProps{
			Name: str(d.Name), Type: str("A"), HostedZoneId: str(d.HostedZoneID),
			AliasTarget: &awsroute53.CfnRecordSet_AliasTargetProperty{
				DnsName: domain.DomainNameAliasDomainName(), HostedZoneId: domain.DomainNameAliasHostedZoneId(),
			},
		})
	}
	return domain
}
