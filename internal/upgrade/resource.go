package upgrade

import (
	"strings"

	"github.com/railtwin/digitaltwin/internal/assembly"
)

// holdsData are the types whose resources hold data, and what is lost with one.
var holdsData = map[string]string{
	"AWS::DynamoDB::Table":                 "its readings",
	"AWS::Kinesis::Stream":                 "what it holds and was not read yet",
	"AWS::S3::Bucket":                      "its rejects and failed batches",
	"AWS::Cognito::UserPool":               "its users and clients",
	"AWS::KMS::Key":                        "what only it decrypts",
	"AWS::KinesisAnalyticsV2::Application": "its state and its position",
	"AWS::SNS::Topic":                      "its subscriptions",
}

// known are the types whose resources callers of the API know.
var known = map[string]string{
	"AWS::Cognito::UserPoolClient": "a client id and its secret",
	"AWS::ApiGateway::ApiKey":      "an API key",
	"AWS::ApiGateway::DomainName":  "the address of the API",
}

// resource judges what becomes of a resource; after is nil where it leaves the app.
func (c *comparison) resource(before, after *assembly.Resource, replaced bool) {
	switch {
	case after == nil && !c.stays[before.Stack.Name]: // it is left with its stack
	case after == nil:
		c.gone(before, nil, "it goes", before.DeletionPolicy)
	case after.Type != before.Type:
		c.of(before, Refused, "it changes its type from %s to %s", before.Type, after.Type)
	case replaced:
		c.gone(before, after, "it is made anew", before.UpdateReplacePolicy)
	default:
		if rule := changes[before.Type]; rule != nil {
			rule(c, before, after)
		}
		if strings.HasPrefix(before.Type, "Custom::") &&
			c.text(before, "ServiceToken", false) != c.text(after, "ServiceToken", true) {
			c.of(before, Refused, "its function changes, which CloudFormation refuses for a custom resource")
		}
	}
}

// of adds a finding about a resource.
func (c *comparison) of(r *assembly.Resource, kind Kind, format string, args ...any) {
	c.add(kind, r.Stack.Name, r.Name(), format, args...)
}

// gone judges a resource that goes, or is made anew as after.
func (c *comparison) gone(before, after *assembly.Resource, how, policy string) {
	if lost := holdsData[before.Type]; lost != "" {
		if strings.HasPrefix(policy, "Retain") {
			c.of(before, Loses, "%s: the old one is retained and billed, with %s out of reach", how, lost)
		} else {
			c.of(before, Loses, "%s, with %s", how, lost)
		}
	}
	if what := known[before.Type]; what != "" {
		c.of(before, Callers, "%s: %s changes or goes", how, what)
	}
	if before.Type != "AWS::Lambda::EventSourceMapping" {
		return
	}
	switch {
	case after == nil:
		c.of(before, Again, "%s, and its position with it: what reads the stream now begins where start says", how)
	case after.Text("StartingPosition") == "LATEST":
		c.of(before, Loses, "%s and begins with what comes then: what waits at that time is not read", how)
	case after.Text("StartingPosition") == "AT_TIMESTAMP":
		c.of(before, Again, "%s and begins at the time that start says", how)
	default:
		c.of(before, Again, "%s and begins with the oldest record that the stream still holds", how)
	}
}

// changes are what the change of a property does to a resource that stays.
var changes = map[string]func(c *comparison, before, after *assembly.Resource){
	"AWS::Kinesis::Stream":     (*comparison).stream,
	"AWS::DynamoDB::Table":     (*comparison).table,
	"AWS::ApiGateway::Method":  (*comparison).method,
	"AWS::ApiGateway::RestApi": (*comparison).api,
}

func (c *comparison) stream(before, after *assembly.Resource) {
	was, is := number(before, "ShardCount"), number(after, "ShardCount")
	if was > 0 && is > 0 && (is > 2*was || 2*is < was) {
		c.of(before, Refused, "from %g to %g shards: Amazon Kinesis at most doubles or halves them at once", was, is)
	}
	if number(after, "RetentionPeriodHours") < number(before, "RetentionPeriodHours") {
		c.of(before, Loses, "it keeps records for a shorter time: what is older goes at once")
	}
}

func (c *comparison) table(before, after *assembly.Resource) {
	for _, units := range []string{"ReadUnitsPerSecond", "WriteUnitsPerSecond"} {
		if was, is := number(before, "WarmThroughput", units), number(after, "WarmThroughput", units); is > 0 && is < was {
			c.of(before, Refused, "its warm throughput goes down from %g to %g, which Amazon DynamoDB cannot do", was, is)
		}
	}
	if n := len(indexes(after)) - len(indexes(before)); n > 1 || n < -1 {
		c.of(before, Refused, "%d indexes change at once: Amazon DynamoDB makes or deletes one in a deployment", max(n, -n))
	}
}

func indexes(table *assembly.Resource) []any {
	list, _ := table.Get("GlobalSecondaryIndexes").([]any)
	return list
}

func (c *comparison) method(before, after *assembly.Resource) {
	if before.Get("ApiKeyRequired") != true && after.Get("ApiKeyRequired") == true {
		api, _, _ := strings.Cut(before.Name(), "/Default/")
		c.add(Callers, before.Stack.Name, api, "calls need an API key that needed none")
	}
}

func (c *comparison) api(before, after *assembly.Resource) {
	if before.Get("DisableExecuteApiEndpoint") != true && after.Get("DisableExecuteApiEndpoint") == true {
		c.of(before, Callers, "the address that API Gateway made is switched off")
	}
}

// number is a property that is a number; 0 without it.
func number(r *assembly.Resource, path ...string) float64 {
	n, _ := r.Get(path...).(float64)
	return n
}
