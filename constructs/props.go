package constructs

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
)

// DigitalTwinCoreProps are the choices of an environment.
type DigitalTwinCoreProps struct {
	// Environment is the name of the environment: lower case letters, digits and dashes. It is a
	// dimension of the metrics and part of the user pool's domain. Required.
	Environment string
	// Assets is the code of the functions, see [Build]. Required.
	Assets Assets
	// Arch is what Assets were built for. Default: Arm64.
	Arch Architecture
	// DeployRole is the ARN of the role that CloudFormation deploys with: the keys let it, and no other, attach
	// them to what it makes. Default: the role that cdk bootstrap made.
	DeployRole string
	// Qualifier is the one that cdk bootstrap was given. Default: that of the app's context, or the CDK's own.
	Qualifier string

	// Retain keeps stream, table, users, bucket, keys and logs when the stack is deleted. A first deployment that
	// fails leaves nothing. Default: everything goes with the stack, rejects included.
	Retain bool
	// Protect protects the table and the users from deletion. It is for after the first deployment: one that fails
	// could not be rolled back. Default: false.
	Protect bool
	// RecoveryDays is how far back the table can be restored to any second, 1 to 35 days, which costs a fifth
	// of what storing it does. Default: 35 with Retain, otherwise none.
	RecoveryDays int
	// LogDays is how long logs are kept. Default: 30.
	LogDays int
	// Traces has AWS X-Ray trace calls of the API and invocations of the functions, with what these call. It costs 5 USD
	// for a million traces: of one in a second and of one in twenty beyond. Default: no.
	Traces bool
	// RejectDays is how long rejects and failed batches are kept. Default: 30.
	RejectDays int

	// Shards of the twin stream, each 1 MB and 1,000 records a second for 13 USD a month. Default: 1.
	Shards int
	// OnDemand lets the twin stream scale by itself instead, from about 30 USD a month.
	OnDemand bool
	// Retention is how long the twin stream keeps changes, 24 hours to 365 days. More than 24 hours is paid for by the
	// shard. Default: 24 hours.
	Retention time.Duration
	// Retry is how long changes are tried again that cannot be applied, 1 hour to 7 days, before they are given up and
	// kept in the bucket. It must end 4 hours before Retention. Default: 20 hours.
	Retry time.Duration
	// Profile is what is paid for being fast, by this core and by the pipelines that do not say otherwise. Default:
	// Normal.
	Profile Profile
	// Capacity makes the table one that is paid by the hour. Default: it is paid by request.
	Capacity *Capacity
	// Throughput bounds and warms a table that is paid by request. Default: neither.
	Throughput *Throughput

	// Rate and Burst limit the calls a second to the whole API; what is above is answered with 429.
	// Default: 100 and twice the rate.
	Rate, Burst int
	// CORSOrigins are the web pages, as https://twin.example.com, whose scripts may call the API; "*" is all of
	// them. Default: none.
	CORSOrigins []string
	// Domain gives the API an address of your own. Default: the one that API Gateway makes.
	Domain *Domain
	// Firewall puts AWS WAF before the API. Default: none.
	Firewall *Firewall
	// SharedAPIAccount says that the account's role by which API Gateway writes logs is set elsewhere. Default:
	// it is set here, for every API of the account and region.
	SharedAPIAccount bool

	// Auth is an OpenID Connect issuer of your own, instead of a user pool of Amazon Cognito; then TokenValidity, Clients
	// and People must not be set. Default: Amazon Cognito.
	Auth *Auth
	// TokenValidity is how long an access token is good for, 5 minutes to 24 hours. Amazon Cognito takes
	// a fee for every token, so clients should keep theirs. Default: 1 hour.
	TokenValidity time.Duration
	// SecretGrace is how long the secret of a client is good after it was rotated, in whole days, up to 90. Default: 7
	// days.
	SecretGrace time.Duration
	// Clients are the machines that may read, by name, at most 50. Without Auth the client "machine" is
	// there without being named.
	Clients  map[string]ClientProps
	reserved map[string]string // datasets that one client alone reads, with its name: the canary
	// People lets people sign in, for an application of yours. Default: machines only.
	People *People
	// Page is the explorer page on the web. Default: none.
	Page *Page

	// Changes makes the change feed: GET /v1/changes, and changedSince of lists. Default: none.
	Changes *Changes

	// Rules say who may read and operate what. Default: every valid token reads everything, which a synth warns of.
	Rules *Rules

	// Operators read rejects and failed batches, look at logs, metrics and the dashboard, test alarms, and start and stop
	// applications of Flink. They are let in by the keys, and need [DigitalTwinCore.OperatorPolicy] beside. Of the own
	// account. Default: nobody.
	Operators Access
	// Restorers restore the table, which is the right to read all of it. They are let in by its key, and need
	// [DigitalTwinCore.RestorePolicy] beside. Of the own account. Default: nobody.
	Restorers Access
	// Extractors are the roles of pipelines of other apps, see [FromDigitalTwinCoreAttributes]: they put changes into the
	// twin stream, and rejects into the bucket. Those of this app need not be named. Default: none.
	Extractors Access

	// Alarms makes alarms. Default: none.
	Alarms *Alarms
	// AlarmTopic is where alarms go, instead of a topic that is made for them.
	AlarmTopic awssns.ITopic
}

var environmentName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`)

// reserved are words that no domain of Amazon Cognito may have in it.
var reserved = []string{"amazon", "aws", "cognito"}

// withDefaults checks the props of a core in an account, which is empty where it is not known.
func (p DigitalTwinCoreProps) withDefaults(account string) (DigitalTwinCoreProps, error) {
	if p.Arch == "" {
		p.Arch = Arm64
	}
	if p.Shards == 0 {
		p.Shards = 1
	}
	if p.RecoveryDays == 0 && p.Retain {
		p.RecoveryDays = 35
	}
	if p.LogDays == 0 {
		p.LogDays = 30
	}
	if p.RejectDays == 0 {
		p.RejectDays = 30
	}
	if p.Rate == 0 {
		p.Rate = 100
	}
	if p.Burst == 0 {
		p.Burst = 2 * p.Rate
	}
	var errs []error
	for _, err := range checkAuth(p.Auth, p.Clients, p.People, p.TokenValidity != 0) { // before there are defaults
		errs = append(errs, fmt.Errorf("props: %w", err))
	}
	if p.TokenValidity == 0 {
		p.TokenValidity = time.Hour
	}
	clients := maps.Clone(p.Clients)
	if clients == nil {
		clients = map[string]ClientProps{}
	}
	if _, named := clients[machine]; !named && p.Auth == nil {
		clients[machine] = ClientProps{}
	}
	p.Clients = clients
	p.Retention, p.Retry = cmp.Or(p.Retention, defaultRetention), cmp.Or(p.Retry, defaultRetry)
	p.Profile = cmp.Or(p.Profile, Normal)
	if p.Changes != nil && p.Changes.Followers == 0 {
		p.Changes = &Changes{Followers: usualFollowers}
	}
	p.SecretGrace = cmp.Or(p.SecretGrace, defaultGrace)
	return p, errors.Join(append(errs, p.check(account)...)...)
}

// check finds what AWS would refuse after minutes of deployment, or what nobody can mean.
func (p *DigitalTwinCoreProps) check(account string) []error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !environmentName.MatchString(p.Environment) {
		bad("props.Environment is %q: want a name of lower case letters, digits and dashes, at most 20", p.Environment)
	}
	for _, word := range reserved {
		if strings.Contains(p.Environment, word) {
			bad("props.Environment is %q: Amazon Cognito takes no domain with %q in it", p.Environment, word)
		}
	}
	if p.Assets == nil {
		bad("props.Assets is required: pass what constructs.Build returns")
	}
	if p.Shards < 0 || p.RejectDays < 0 || p.Rate < 0 || p.Burst < 0 {
		bad("props.Shards, RejectDays, Rate and Burst must not be negative")
	}
	if p.RecoveryDays < 0 || p.RecoveryDays > 35 {
		bad("props.RecoveryDays is %d: want 1 to 35, or 0 for the default", p.RecoveryDays)
	}
	if p.TokenValidity < 5*time.Minute || p.TokenValidity > 24*time.Hour {
		bad("props.TokenValidity is %s: want 5 minutes to 24 hours", p.TokenValidity)
	}
	if p.AlarmTopic != nil && (p.Alarms == nil || p.Alarms.TopicARN != "" || len(p.Alarms.Emails) > 0) {
		bad("props.AlarmTopic is for props.Alarms without emails and topicArn: pass &constructs.Alarms{}, and subscribe " +
			"addresses to the topic")
	}
	if err := checkLogDays(p.LogDays); err != nil {
		bad("props.LogDays: %w", err)
	}
	if p.Protect && !p.Retain {
		bad("props.Protect is for props.Retain: what goes with its stack cannot be protected")
	}
	if p.Capacity != nil && p.Throughput != nil {
		bad("props.Capacity and props.Throughput exclude each other: the one is of a table that is paid by the hour, the " +
			"other of one that is paid by request")
	}
	if _, err := p.Rules.compile(p.Clients); err != nil {
		bad("props.Rules: the grants are wrong:\n%w", err)
	}
	for _, err := range slices.Concat(
		p.Capacity.check(), p.Throughput.check(), checkOrigins(p.CORSOrigins), p.Domain.check(), p.Firewall.check(),
		checkClients(p.Clients, account), checkRotation(p.SecretGrace, p.Clients), p.People.check(),
		checkPage(p.Page, p.Auth), p.Changes.check(), p.Changes.checkClients(p.Clients), p.Alarms.check(),
		checkRetention(p.Retention, p.Retry, true),
		p.Operators.check("operators", account, false), p.Restorers.check("restorers", account, false),
		p.Extractors.check("extractors", account, false), []error{p.Profile.check()},
	) {
		if err != nil {
			bad("props: %w", err)
		}
	}
	return errs
}
