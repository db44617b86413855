package constructs

import (
	"cmp"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// Limits are what one client may ask of the API. API Gateway counts the calls of a client by an API key, so
// where any client has limits, every call carries a key in the header x-api-key besides its token. The key
// only says who is counted; what is allowed is for the token to say.
type Limits struct {
	Rate  int `json:"rate"`  // calls a second; 0: as the whole API
	Burst int `json:"burst"` // at once; default: twice the rate
	Daily int `json:"daily"` // calls a day; 0: any number
}

func (l Limits) check(name string) []error {
	var errs []error
	if l.Rate < 0 || l.Burst < 0 || l.Daily < 0 {
		errs = append(errs, fmt.Errorf("%s has rate %d, burst %d and daily %d: want positive numbers, or none", name, l.Rate,
			l.Burst, l.Daily))
	}
	if l.Burst > 0 && l.Rate == 0 {
		errs = append(errs, fmt.Errorf("%s has a burst of %d without a rate: say both", name, l.Burst))
	}
	return errs
}

// asksForKeys reports whether calls of the API carry a key.
func (p *DigitalTwinCoreProps) asksForKeys() bool {
	for _, c := range p.Clients {
		if c.Limits != (Limits{}) {
			return true
		}
	}
	return p.People != nil && p.People.Limits != (Limits{})
}

// newPlan makes a key by which the calls of a client are counted, and a plan of its own that says how often it
// may call.
func (core *DigitalTwinCore) newPlan(scope awsconstructs.Construct, name string, limits Limits) (awsapigateway.IApiKey,
	awsapigateway.UsagePlan) {
	props := &awsapigateway.UsagePlanProps{
		Description: str("Digital Twin " + core.props.Environment + ": " + name),
		ApiStages:   list(&awsapigateway.UsagePlanPerApiStage{Api: core.API, Stage: core.API.DeploymentStage()}),
	}
	if limits.Rate > 0 {
		props.Throttle = &awsapigateway.ThrottleSettings{
			RateLimit: num(limits.Rate), BurstLimit: num(cmp.Or(limits.Burst, 2*limits.Rate)),
		}
	}
	if limits.Daily > 0 {
		props.Quota = &awsapigateway.QuotaSettings{Limit: num(limits.Daily), Period: awsapigateway.Period_DAY}
	}
	key := awsapigateway.NewApiKey(scope, str("Key"), &awsapigateway.ApiKeyProps{
		Description: str("Digital Twin " + core.props.Environment + ": counts the calls of " + name),
	})
	plan := awsapigateway.NewUsagePlan(scope, str("Plan"), props)
	plan.AddApiKey(key, nil)
	return key, plan
}

// addPeopleKey makes the key of the application by which people sign in, where calls carry one. It is no secret, and
// cannot be one in a web page: the output says its id, and API Gateway its value.
func (core *DigitalTwinCore) addPeopleKey() {
	if core.props.People == nil || !core.props.asksForKeys() {
		return
	}
	core.PeopleKey, core.PeoplePlan = core.newPlan(awsconstructs.NewConstruct(core.Node, str("People")), "people",
		core.props.People.Limits)
}
