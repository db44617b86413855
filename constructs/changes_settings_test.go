package constructs_test

import "strings"

// stream and other are streams of the environment's account.
const (
	given = `"sourceArn":"arn:aws:kinesis:eu-central-1:123456789012:stream/given"`
	other = `"sourceArn":"arn:aws:kinesis:eu-central-1:123456789012:stream/other"`
)

// a is a patch of the dataset a.
func a(settings string) string { return `{"datasets":{"a":{` + settings + `}}}` }

// The rows of the table of changes.
const (
	rowPlace     = "`account`, `region`"
	rowLeft      = "`datasets`: one is taken out, or is `off`"
	rowSource    = "`sourceArn`, `sourceOf`, `firehoseRoleArn`, `bucket` instead of a new stream"
	rowOther     = "`sourceArn`, `sourceOf`: another stream, or a new one"
	rowStart     = "`start`"
	rowFanOut    = "`fanOut`, `profile` to or from `low-latency`"
	rowLatest    = "`fanOut`, `profile` with `start` `LATEST`"
	rowShards    = "`shards` more than doubled"
	rowRetention = "`retentionHours` lowered"
	rowWarm      = "`throughput.warmRead`, `throughput.warmWrite` lowered"
	rowAlarms    = "`alarms` taken away, or `alarms.topicArn` set"
	rowKeys      = "the first `clients.<name>.rate` or `.daily` of an environment"
	rowNoKeys    = "the last of them taken away"
	rowClient    = "`clients`: one is taken out"
	rowAuth      = "`auth` set, or taken away"
	rowPage      = "`page` taken away"
	rowPeople    = "`people` taken away"
	rowChanges   = "`changes` taken away"
	rowDomain    = "`domain.name` set, changed or taken away"
	rowEngine    = "`engine`"
	rowTables    = "a file's first table is another one"
)

// changesOfSettings is the walk: every row of the tables of settings, changed at least once.
var changesOfSettings = []change{
	{settings: "account, region", after: `{"region":"eu-west-1"}`, row: rowPlace},
	{settings: manySettings, after: many},
	{settings: manySettings, before: many, after: others},
	{settings: manySettings, before: others, after: `{"canary":{}}`}, // to take out the canary is to take out a dataset
	{settings: "profile", after: `{"profile":"thrifty"}`},
	{settings: "profile", before: `{"profile":"thrifty"}`, after: `{"profile":"normal"}`},
	{settings: "profile", after: `{"profile":"low-latency"}`, row: rowFanOut},
	{settings: "profile", before: `{"profile":"low-latency"}`, row: rowFanOut},
	{settings: "shards", before: `{"shards":4}`, after: `{"shards":2}`},
	{settings: "shards", after: `{"shards":4}`, row: rowShards},
	{settings: "retentionHours, retryHours", after: `{"retentionHours":72,"retryHours":48}`},
	{settings: "retentionHours, retryHours", before: `{"retentionHours":72,"retryHours":48}`, row: rowRetention},
	{settings: "throughput.warmRead, throughput.warmWrite", after: `{"throughput":{"warmRead":15000,"warmWrite":6000}}`},
	{settings: "throughput.warmRead, throughput.warmWrite", before: `{"throughput":{"warmRead":15000,"warmWrite":6000}}`,
		after: `{"throughput":{"warmRead":12000,"warmWrite":4000}}`, row: rowWarm},
	{settings: "capacity.read, capacity.write, capacity.indexRead, capacity.indexWrite, capacity.utilisation",
		after: `{"capacity":{"read":{"min":5,"max":50},"write":{"min":5,"max":50}}}`},
	{settings: "capacity.read, capacity.write",
		before: `{"capacity":{"read":{"min":5,"max":50},"write":{"min":5,"max":50}}}`},
	{settings: "capacity.read, capacity.write, capacity.indexRead, capacity.indexWrite, capacity.utilisation",
		before: `{"capacity":{"read":{"min":5,"max":50},"write":{"min":5,"max":50}}}`,
		after:  `{"capacity":{"read":{"min":1,"max":90},"write":{"min":9,"max":90},"indexRead":{"min":2,"max":9},"indexWrite":{"min":2,"max":9},"utilisation":50}}`},
	{settings: "domain.name, domain.certificateArn, domain.hostedZoneId", after: domainOf("a.example.com", "0"),
		row: rowDomain},
	{settings: "domain.certificateArn", before: domainOf("a.example.com", "0"), after: domainOf("a.example.com", "1")},
	{settings: "domain.hostedZoneId", before: domainOf("a.example.com", "0"),
		after: `{"domain":{"name":"a.example.com","certificateArn":"` + certificate + `0"}}`},
	{settings: "domain.name", before: domainOf("a.example.com", "0"), after: domainOf("b.example.com", "0"),
		row: rowDomain},
	{settings: "domain.name", before: domainOf("a.example.com", "0"), row: rowDomain},
	{settings: "auth.issuer, auth.audience", after: authAt("https://login.example.com"), row: rowAuth},
	{settings: "auth.issuer, auth.audience", before: authAt("https://login.example.com")},
	{settings: "auth.issuer, auth.audience, auth.claims.subject, auth.claims.client, auth.claims.groups, " +
		"auth.claims.scope, " +
		"canary.client", before: canaryAt("https://login.example.com", "one"),
		after: canaryAt("https://other.example.com", "two")},
	{settings: "people.operate", before: peopleAt("https://a.example.com/", ``),
		after: peopleAt("https://a.example.com/", `,"operate":true`)},
	{settings: "clients.<name>.readers", before: `{"clients":{"map":{}}}`, row: rowClient},
	{settings: "clients.<name>.rate, clients.<name>.burst, clients.<name>.daily",
		after: `{"clients":{"machine":{"rate":5,"burst":9,"daily":100}}}`, row: rowKeys},
	{settings: "clients.<name>.rate, clients.<name>.burst, clients.<name>.daily",
		before: `{"clients":{"machine":{"rate":5,"burst":9,"daily":100}}}`,
		after:  `{"clients":{"machine":{"rate":6,"burst":8,"daily":200}}}`},
	{settings: "clients.<name>.daily", before: `{"clients":{"machine":{"daily":100}}}`, row: rowNoKeys},
	{settings: "page.operate", after: `{"page":{}}`},
	{settings: "page.operate", before: `{"page":{}}`, after: `{"page":{"operate":true}}`},
	{settings: "page.operate", before: `{"page":{}}`, row: rowPage},
	{settings: "people.callbackUrls, people.logoutUrls", after: peopleAt("https://a.example.com/", ``)},
	{settings: "people.callbackUrls, people.logoutUrls", before: peopleAt("https://a.example.com/", ``),
		after: peopleAt("https://b.example.com/", `,"logoutUrls":["https://b.example.com/"]`)},
	{settings: "people.callbackUrls", before: peopleAt("https://a.example.com/", ``), row: rowPeople},
	{settings: "people.limits.rate, people.limits.burst, people.limits.daily",
		before: peopleAt("https://a.example.com/", ``),
		after:  peopleAt("https://a.example.com/", `,"limits":{"rate":5,"burst":9,"daily":100}`), row: rowKeys},
	{settings: "changes.followers", after: `{"changes":{}}`},
	{settings: "changes.followers", before: `{"changes":{}}`, after: `{"changes":{"followers":9}}`},
	{settings: "changes.followers", before: `{"changes":{"followers":9}}`, row: rowChanges},
	{settings: "clients.<name>.followers", before: `{"changes":{}}`,
		after: `{"changes":{},"clients":{"machine":{"followers":5}}}`},
	{settings: "alarms.emails", before: `{"alarms":null}`},
	{settings: "alarms.emails", after: `{"alarms":null}`, row: rowAlarms},
	{settings: "alarms.topicArn", after: `{"alarms":{"topicArn":"arn:aws:sns:eu-central-1:123456789012:a"}}`,
		row: rowAlarms},
	{settings: "alarms.topicArn", before: `{"alarms":{"topicArn":"arn:aws:sns:eu-central-1:123456789012:a"}}`},
	{settings: "datasets.<dataset>", after: `{"datasets":{"b":{}}}`},
	{settings: "datasets.<dataset>", before: `{"datasets":{"b":{}}}`, row: rowLeft},
	{settings: "datasets.<dataset>", after: `{"datasets":{"a":null,"b":{}}}`, row: rowLeft},
	{settings: ".off", after: a(`"off":true`), row: rowLeft},
	{settings: ".off", before: a(`"off":true`)},
	{settings: ".sourceArn", after: a(given + `,"producers":null`), row: rowSource},
	{settings: ".sourceArn", before: a(given + `,"producers":null`), row: rowOther},
	{settings: ".sourceArn", before: a(given + `,"producers":null`), after: a(other + `,"producers":null`), row: rowOther},
	{settings: ".sourceKeyArn", before: a(given + `,"producers":null`),
		after: a(given + `,"producers":null,"sourceKeyArn":"arn:aws:kms:eu-central-1:123456789012:key/0"`)},
	{settings: ".sourceOf", before: `{"datasets":{"b":{}}}`, after: `{"datasets":{"b":{"sourceOf":"a"}}}`, row: rowSource},
	{settings: ".sourceOf", before: `{"datasets":{"b":{"sourceOf":"a"}}}`, after: `{"datasets":{"b":{}}}`, row: rowOther},
	{settings: ".sourceOf", before: `{"datasets":{"b":{"sourceOf":"a"}}}`, row: rowLeft},
	{settings: ".shards", after: a(`"shards":4`), row: rowShards},
	{settings: ".firehoseRoleArn", after: a(`"producers":null,"firehoseRoleArn":"arn:aws:iam::123456789012:role/f"`),
		row: rowSource},
	{settings: ".firehoseRoleArn", before: a(`"producers":null,"firehoseRoleArn":"arn:aws:iam::123456789012:role/f"`),
		after: a(`"producers":null,"firehoseRoleArn":"arn:aws:iam::123456789012:role/g"`)},
	{settings: ".bucket, .prefix", after: a(`"producers":null,"bucket":"lake","prefix":"a/"`), row: rowSource},
	{settings: ".bucket, .prefix", before: a(`"producers":null,"bucket":"lake","prefix":"a/"`),
		after: a(`"producers":null,"bucket":"pond","prefix":"b/"`)},
	{settings: ".sources.<table>", after: a(`"sources":{"wheels":{}}`)},
	{settings: ".sources.<table>", before: a(`"sources":{"wheels":{}}`)},
	{settings: ".sources.<table>", before: `{"datasets":{"two":{}}}`,
		after: `{"datasets":{"two":{"sources":{"axles":{},"doors":{}}}}}`},
	{settings: ".profile", after: a(`"profile":"low-latency"`), row: rowFanOut},
	{settings: ".fanOut", after: a(`"fanOut":true`), row: rowFanOut},
	{settings: ".fanOut", before: a(`"fanOut":true`), row: rowFanOut},
	{settings: ".fanOut, .start", before: a(`"start":"LATEST"`), after: a(`"start":"LATEST","fanOut":true`),
		row: rowLatest},
	{settings: ".start", after: a(`"start":"LATEST"`), row: rowStart},
	{settings: ".start", before: a(`"start":"LATEST"`), after: a(`"start":"2026-11-28T06:00:00Z"`), row: rowStart},
	{settings: ".start", before: a(`"start":"2026-11-28T06:00:00Z"`), after: a(`"start":"2026-11-28T07:00:00Z"`),
		row: rowStart},
	{settings: ".start", before: a(`"start":"2026-11-28T06:00:00Z"`), row: rowStart},
	{settings: ".retentionHours, .retryHours", after: a(`"retentionHours":72,"retryHours":48`)},
	{settings: ".retentionHours, .retryHours", before: a(`"retentionHours":72,"retryHours":48`), row: rowRetention},
	{settings: ".engine", after: a(`"engine":"flink"`), row: rowEngine},
	{settings: ".engine", before: a(`"engine":"flink"`), row: rowEngine},
	{settings: ".engine, .fanOut, .start, .paused", before: a(`"engine":"flink"`),
		after: a(`"engine":"flink","fanOut":true,"start":"LATEST","paused":true`)},
	{settings: ".flink.parallelism, .flink.parallelismPerKpu, .flink.autoScaling, .flink.checkpointSeconds",
		before: a(`"engine":"flink"`),
		after:  a(`"engine":"flink","flink":{"parallelism":4,"parallelismPerKpu":2,"autoScaling":true,"checkpointSeconds":30}`)},
	{settings: "the SQL of a file: another metric", files: "metric"},
	{settings: "the SQL of a file: one more table behind the others", files: "last"},
	{settings: "the SQL of a file: one more table before the others", files: "first"},
	{settings: "the SQL of a file: one more table before the others where each has a source",
		before: a(`"sources":{"wheels":{}}`), after: a(`"sources":{"wheels":{},"more":` + `{` + given + `}}`), files: "first",
		row: rowTables},
}

// manySettings are changed together: none of them does more than is wanted.
const manySettings = "qualifier, deployRole, removal, protect, access, otherDatasets, recoveryDays, logDays, " +
	"rejectDays, traces, onDemand, " +
	"throughput.maxRead, throughput.maxWrite, rate, burst, corsOrigins, firewall.rate, apiAccount, tokenMinutes, " +
	"secretGraceDays, " +
	"clients.<name>.rotateDays, clients.<name>.operate, clients.<name>.readers, operators, restorers, extractors, " +
	"canary.runners, canary.minutes, alarms.emails, alarms.behindMinutes, alarms.latencyMillis, alarms.rejectPercent, " +
	"alarms.tokensPerDay, alarms.warningTopicArn, alarms.runbook, alarms.custom.<name>.metric, " +
	"alarms.custom.<name>.dataset, " +
	"alarms.custom.<name>.above, alarms.custom.<name>.below, alarms.custom.<name>.statistic, " +
	"alarms.custom.<name>.minutes, " +
	"alarms.custom.<name>.times, alarms.custom.<name>.severity, alarms.custom.<name>.description, " +
	".producers, .onDemand, .framing, .charset, .zone, .profile, .batch, .windowSeconds, .parallel, .paused, .quietHours"

// many and others are two values of each, where the first environment has none.
const (
	many = `{"qualifier":"twins","deployRole":"arn:aws:iam::123456789012:role/ci/deployer","removal":"destroy","protect":false,
		"access":"constructs/testdata/access.json","recoveryDays":7,"logDays":90,"rejectDays":60,"traces":true,"onDemand":true,
		"throughput":{"maxRead":20000,"maxWrite":8000},"rate":500,"burst":600,"corsOrigins":["https://a.example.com","https://b.example.com"],
		"firewall":{},"apiAccount":"shared","tokenMinutes":600,"secretGraceDays":3,"canary":{},
		"clients":{"machine":{"rotateDays":30,"operate":true,"readers":["arn:aws:iam::123456789012:role/map"]}},
		"operators":["arn:aws:iam::123456789012:role/o"],"restorers":"account","extractors":["arn:aws:iam::123456789012:role/e"],
		"alarms":{"emails":["a@example.com"],"custom":{"A":{"metric":"Late","dataset":"a","above":1,"description":"Look."}}},
		"datasets":{"a":{"producers":["arn:aws:iam::123456789012:role/p","arn:aws:iam::210987654321:role/p"],"onDemand":true,
			"framing":"gzip","charset":"windows-1252","zone":"Europe/Zurich","profile":"thrifty",
			"batch":1000,"windowSeconds":30,"parallel":4,"paused":true,"quietHours":"22-5"}}}`
	others = `{"access":"constructs/testdata/access-other.json","otherDatasets":["barges"],"recoveryDays":9,"logDays":30,
		"rejectDays":90,"shards":2,"throughput":{"maxRead":30000,"maxWrite":9000},"rate":600,"burst":700,
		"corsOrigins":["https://a.example.com"],"firewall":{"rate":9000},"tokenMinutes":60,"secretGraceDays":2,
		"canary":{"runners":"account","minutes":1},
		"clients":{"machine":{"rotateDays":60,"readers":["arn:aws:iam::210987654321:role/map"]}},
		"alarms":{"behindMinutes":9,"latencyMillis":900,"rejectPercent":9,"tokensPerDay":9,"runbook":"r",
			"warningTopicArn":"arn:aws:sns:eu-central-1:123456789012:office","custom":{"A":{"metric":"Lag","dataset":"a","below":9,
			"statistic":"p95","minutes":1,"times":2,"severity":"critical","description":"See."}}},
		"datasets":{"a":{"shards":2,"framing":"lines","batch":500,"windowSeconds":20,"parallel":2}}}`
)

const certificate = "arn:aws:acm:eu-central-1:123456789012:certificate/"

func domainOf(name, id string) string {
	return `{"domain":{"name":"` + name + `","certificateArn":"` + certificate + id + `","hostedZoneId":"Z0123456789ABC"}}`
}

func canaryAt(issuer, client string) string {
	return strings.TrimSuffix(authAt(issuer), "}") + `,"canary":{"client":"` + client + `"}}`
}

func authAt(issuer string) string {
	return `{"clients":null,"auth":{"issuer":"` + issuer +
		`","audience":["twin"],"claims":{"subject":"oid","client":"azp","groups":"roles","scope":"scp"}}}`
}

func peopleAt(url, more string) string {
	return `{"people":{"callbackUrls":["` + url + `"]` + more + `}}`
}
