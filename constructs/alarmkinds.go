package constructs

// AlarmKind is what the alarms of a kind have in common: what docs/operate.md says of them, and their descriptions.
// Words in braces differ from alarm to alarm.
type AlarmKind struct {
	Name     string // the end of the alarm's name: Fails is the kind of ApplyFails and ExtractFails
	Severity Severity
	Meaning  string // what has happened
	Look     string // where to look first
	Cure     string // what to do
}

// Severity says how soon somebody has to look.
type Severity string

// The severities of alarms.
const (
	// Critical alarms wake somebody: readings are old or refused, or will be lost.
	Critical Severity = "critical"
	// Warning alarms can wait for the morning.
	Warning Severity = "warning"
)

// AlarmKinds are the kinds of alarms that the twin makes.
var AlarmKinds = []AlarmKind{
	{"Fails", Critical, "A function fails repeatedly, so {records} are not processed. Malformed records do not cause " +
		"this: they become rejects.",
		"The log of the function: it names the service that does not answer, or the missing permission.",
		"Restore the service or the permission. If a deployment caused it, take that back."},
	{"Throttled", Critical, "A function is throttled, so {records} are not processed: the account has no concurrency " +
		"left for it.",
		"The graph of throttled functions on the dashboard, and the account's concurrent executions in AWS Lambda.",
		"Raise the quota of AWS Lambda for concurrent executions, or stop what uses it up."},
	{"Behind", Critical, "The oldest unprocessed {records} are older than {late}. They are given up after {retry}.",
		"The errors and the duration of the function on the dashboard. If it fails, its log says why.",
		"If it runs without a pause, give the stream more shards or raise parallel of the dataset."},
	{"GaveUp", Critical, "After {retry} of retries, {records} were given up. They are below aws/lambda/ in the " +
		"bucket of rejects until they expire there.",
		"The log of the function at that time. Where the delivery to the bucket failed too, only the source has them.",
		"Remove the cause and replay them: call the function with the field payload of each."},
	{"ObjectsBehind", Critical, "An object with {records} has been waiting for more than {late}.",
		"The errors of the function on the dashboard. If it fails, its log says why.",
		"If it runs without a pause, objects arrive faster than they are read: write more but smaller ones, or below " +
			"several prefixes."},
	{"ObjectsGaveUp", Critical, "Objects with {records} could not be read in {retry}. Their names are in the " +
		"dead-letter queue Failed for 14 days.",
		"The log of the function: it names the object and the reason.",
		"Remove the cause, and start the redrive of that queue."},
	{"StreamFull", Critical, "Extractors are throttled because the twin stream is full. They retry, and nothing is " +
		"lost for {retry}.",
		"The graph of throttling on the dashboard, and which dataset delivers more changes than usual.",
		"Raise shards of the environment, or set onDemand, and deploy the core."},
	{"TableThrottled", Critical, "The table is throttled. Writes are retried for {retry}; reads of the API fail with 503.",
		"The capacity of the table on the dashboard. Below its bounds, one component is written more than 1,000 times a " +
			"second.",
		"With capacity in the settings, raise its max; with throughput, raise its cap."},
	{"TableFaulty", Critical, "Amazon DynamoDB answers with server errors. Writes are retried for {retry}.",
		"The AWS Health Dashboard.",
		"Wait for the service. The alarm ends by itself, and what waited is applied."},
	{"TableNearCap", Warning, "The table is paid by request, and {percent} % of a cap in throughput have been used " +
		"for five minutes. Above the cap it is throttled.",
		"The capacity of the table on the dashboard, and which dataset writes more than usual.",
		"If the load is meant, raise maxRead or maxWrite of throughput. If not, pause the dataset."},
	{"ApiFails", Critical, "The API answered at least five calls in five minutes with 5xx.",
		"The logs of the query and the inside function, with auth that of the authorize function, which says whether the " +
			"issuer can be reached, and the execution log of the API. If all are empty, the alarms of the table.",
		"Restore what the log names. If a deployment caused it, take that back."},
	{"ApiSlow", Warning, "The 95th percentile of the API's latency has been above {latency} ms for 15 minutes.",
		"The duration of the query function on the dashboard, beside the latency of the API.",
		"If the function is slow, so is the table, or a client reads many components at once. If it is not, functions " +
			"start cold or wait for concurrency."},
	{"Tokens", Warning, "Clients asked for more than {tokens} access tokens in a day. Amazon Cognito takes a fee for " +
		"each.",
		"Which client asks, in the events Token_POST of AWS CloudTrail. Other user pools of the account and region " +
			"count too.",
		"Let the client keep its token until it expires, or raise tokenMinutes. If so many are meant, raise " +
			"tokensPerDay of the alarms."},
	{"RotationFails", Warning,
		"The secret of a client could not be rotated, or an old one not ended. The secret in place " +
			"is good.",
		"The log of the rotate function: it names the client and the reason.",
		"Remove the cause. The function goes on from where it stopped when it is called again, tomorrow at the latest."},
	{"OperateFails", Warning, "A run of an operator has met a fault that lasts. Nothing is lost: it goes on from its " +
		"checkpoint.",
		"The log of the operate function: it names the run and the reason.",
		"Remove the cause, and look at the run with twin runs: that starts it again."},
	{"RunStalled", Warning, "A run of an operator is active and has not got on for {stalled}. Nothing is lost: it goes " +
		"on from " +
		"its checkpoint.",
		"The log of the operate function, and twin runs, which shows the runs that are active.",
		"Look at the run with twin runs and its id: that starts it again. If it stops again, remove the cause that the log " +
			"names, or cancel it."},
	{"Untold", Warning, "Followers of the change feed were not told what has changed of a component. They got a gap, " +
		"and read everything again.",
		"The log of the tell function: it names the component and the reason. An item of the table is damaged, or somebody " +
			"has deleted one.",
		"Forget the component, or restore the table. If somebody deleted items by hand, nothing is to be done."},
	{"FollowersFull", Warning, "More than {followers} callers wanted to follow changes at once, for 15 minutes. The " +
		"others were refused with 5xx, and try again.",
		"Which client follows how often, in the access log of the API: calls of /v1/changes.",
		"Raise changes.followers, or let that client share one stream among its own users."},
	{"FirewallBlocks", Warning, "AWS WAF has blocked more than {blocked} calls of the API in five minutes, for ten " +
		"minutes.",
		"The log of the firewall: address, path and rule of each call.",
		"If it is a client of yours, raise firewall.rate or let it ask less often. If a rule is wrong about a name, " +
			"have it counted only."},
	{"Rejects", Warning, "More than {percent} % of the records of {dataset}, or of the changes made of them, have " +
		"been rejected for 15 minutes.",
		"The reasons, below rejects/extract/{dataset}/ and rejects/apply/ in the bucket of rejects. Usually the " +
			"provider has changed " +
			"the shape of its records; for changes, a clock is ahead or a value too large.",
		"Correct {dataset}.sql, try it on the rejects with twin rejects test, deploy it, and replay them."},
	{"Silent", Critical, "No record of {dataset} has been read for {silence}.",
		"Whether records arrive at its source. If they do, the log of the function that does not read them.",
		"If none arrive, ask the provider. If it is silent at these hours always, set quietHours of the dataset."},
	{"FlinkFailed", Critical, "The Flink job of {dataset} has not been running for 15 minutes, and delivers nothing.",
		"The status of the application in the console, and its log group.",
		"Correct the cause and deploy; or start the application, which goes on from its last snapshot."},
	{"FlinkRestarts", Critical, "The Flink job of {dataset} restarts again and again, and delivers nothing meanwhile.",
		"The log group of the application.",
		"Correct the cause and deploy. The job keeps its position in the source."},
	{"FlinkCheckpoints", Warning, "The Flink job of {dataset} has failed to write checkpoints for 15 minutes: after " +
		"a failure it would repeat more and more records.",
		"The log group of the application. Often its state has outgrown its processing units.",
		"Raise the parallelism of the dataset and deploy."},
	{"CanaryFailed", Critical, "No record of the canary has become a reading for {minutes}. Readings of other " +
		"datasets may not arrive either.",
		"The dashboard from left to right: where records stop is what fails. The other alarms usually name it.",
		"Restore what fails. If a deployment caused it, take that back. Run twin smoke to see whether it works again."},
}
