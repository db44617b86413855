package access

import (
	"maps"
	"strings"

	"github.com/railtwin/digitaltwin/test/iam"
)

// services are what services of AWS do by themselves, and what others could make them do.
func (f *facts) services() []Task {
	return join2(f.trust(), f.cloudWatchLogs(), f.cloudWatchAlarms(), f.eventBridge(), f.apiGateway(), f.firehose(),
		f.flinkService())
}

func service(name string) iam.Caller { return iam.Caller{Service: name} }

// asService is a task of a service, and the same for other sources, each of which must be refused: whoever makes the
// service act must be of this account.
func asService(who, what string, calls []Call, others map[string][]string) (tasks []Task) {
	tasks = append(tasks, Task{Who: who, What: what, Caller: service(who), Calls: calls})
	for _, key := range sorted(others) {
		for _, value := range others[key] {
			for _, c := range calls {
				c.Context = maps.Clone(c.Context)
				c.Context[key] = []string{value}
				tasks = append(tasks, Task{Who: who, What: what + ", for " + key + " " + value, Caller: service(who),
					Calls: []Call{c}, Refused: true})
			}
		}
	}
	for _, c := range calls {
		tasks = append(tasks, Task{Who: "s3.amazonaws.com", What: what, Caller: service("s3.amazonaws.com"), Calls: []Call{c},
			Refused: true})
	}
	return tasks
}

func with(calls []Call, pairs ...string) []Call {
	for i := range calls {
		c := maps.Clone(calls[i].Context)
		if c == nil {
			c = map[string][]string{}
		}
		maps.Copy(c, context(pairs...))
		calls[i].Context = c
	}
	return calls
}

func (f *facts) trust() (tasks []Task) {
	for r := range f.Resources("AWS::IAM::Role") {
		arn := f.ARN(r)
		switch {
		case strings.HasSuffix(r.Name(), "ApiLogsRole"):
			tasks = append(tasks, asService("apigateway.amazonaws.com", "act as a role", with(on(arn, "sts:AssumeRole")),
				nil)...)
		case strings.HasSuffix(r.Name(), "Flink/Role"):
			application := f.ARN(f.byPath(r.Stack.Name, "Pipeline/Flink/Application"))
			tasks = append(tasks, asService("kinesisanalytics.amazonaws.com", "act as a role",
				with(on(arn, "sts:AssumeRole"), "aws:SourceArn", application, "aws:SourceAccount", iam.Account),
				map[string][]string{"aws:SourceArn": {application + "-other"}, "aws:SourceAccount": {iam.Stranger}})...)
		case strings.HasSuffix(r.Name(), "Canary/Role"):
			tasks = append(tasks, asService("scheduler.amazonaws.com", "act as a role",
				with(on(arn, "sts:AssumeRole"), "aws:SourceAccount", iam.Account),
				map[string][]string{"aws:SourceAccount": {iam.Stranger}})...)
		default:
			tasks = append(tasks, asService("lambda.amazonaws.com", "act as a role", with(on(arn, "sts:AssumeRole")), nil)...)
		}
	}
	return tasks
}

func (f *facts) cloudWatchLogs() (tasks []Task) {
	who := "logs." + iam.Region + ".amazonaws.com"
	k := f.ARN(f.Find("", "Twin/LogsKey"))
	for r := range f.Resources("AWS::Logs::LogGroup") {
		calls := with(on(k, "kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
			"kms:DescribeKey"),
			"kms:EncryptionContext:aws:logs:arn", f.ARN(r))
		tasks = append(tasks, asService(who, "encrypt a log group", calls, map[string][]string{
			"kms:EncryptionContext:aws:logs:arn": {strings.Replace(f.ARN(r), iam.Account, iam.Stranger, 1)},
		})...)
	}
	return tasks
}

func (f *facts) cloudWatchAlarms() []Task {
	r := f.Find("", "Twin/AlarmTopic")
	if r == nil {
		return nil
	}
	alarm := "arn:aws:cloudwatch:" + iam.Region + ":" + iam.Account + ":alarm:one"
	calls := with(join(on(f.ARN(r), "sns:Publish"), on(f.Text(r, "KmsMasterKeyId"), "kms:Decrypt", "kms:GenerateDataKey")),
		"aws:SourceArn", alarm, "aws:SourceAccount", iam.Account)
	tasks := asService("cloudwatch.amazonaws.com", "publish an alarm", calls, map[string][]string{
		"aws:SourceArn": {strings.Replace(alarm, iam.Account, iam.Stranger, 1)}, "aws:SourceAccount": {iam.Stranger},
	})
	plain := Call{"sns:Publish", f.ARN(r), context("aws:SecureTransport", "false", "aws:SourceArn", alarm,
		"aws:SourceAccount", iam.Account)}
	return append(tasks, Task{Who: "cloudwatch.amazonaws.com", What: "publish without TLS",
		Caller: service("cloudwatch.amazonaws.com"), Calls: []Call{plain}, Refused: true})
}

func (f *facts) eventBridge() (tasks []Task) {
	for r := range f.Resources("AWS::Events::Rule") {
		for _, target := range r.Get("Targets").([]any) {
			arn := r.Stack.Resolve(target.(map[string]any)["Arn"], f)
			what, action := "name new objects", "sqs:SendMessage"
			if strings.Contains(arn, ":lambda:") {
				what, action = "call the rotate function every day", "lambda:InvokeFunction"
				if strings.HasPrefix(r.Name(), "Twin/Operate/") {
					what = "call the operate function for its metrics"
				}
			}
			calls := with(on(arn, action), "aws:SourceArn", f.ARN(r), "aws:SourceAccount", iam.Account)
			tasks = append(tasks, asService("events.amazonaws.com", what, calls, map[string][]string{
				"aws:SourceArn": {f.ARN(r) + "-other"}, "aws:SourceAccount": {iam.Stranger},
			})...)
		}
	}
	return tasks
}

func (f *facts) apiGateway() (tasks []Task) {
	account := "execute-api:" + iam.Region + ":" + iam.Account
	api := "arn:aws:" + account + ":" + f.Resource(f.Find("", "Twin/Api"), "") + "/"
	for _, c := range []struct{ what, function, source string }{
		{"call the query function", "Twin/Query/Function", "twin/GET/v1/datasets"},
		{"call the operate function", "Twin/Operate/Function", "twin/POST/v1/operations"},
		{"call the inside function", "Twin/Inside/Function", "twin/GET/v1/activity"},
		{"call the follow function", "Twin/Follow/Function", "twin/GET/v1/changes"},
		{"call the authorizer", "Twin/Authorize/Function", "authorizers/" + f.ref("Twin/IssuerAuthorizer")},
	} {
		if r := f.Find("", c.function); r != nil {
			source := api + c.source
			tasks = append(tasks, asService("apigateway.amazonaws.com", c.what,
				with(on(f.ARN(r), "lambda:InvokeFunction"), "aws:SourceArn", source),
				map[string][]string{"aws:SourceArn": {strings.Replace(source, account, "execute-api:"+iam.Region+":"+iam.Stranger,
					1)}})...)
		}
	}
	return tasks
}

// canary is what the schedule of the canary does, by a role of its own.
func (f *facts) canary(d dataset) []Task {
	role := f.function(d.name, "Pipeline/Canary")
	if role == nil {
		return nil
	}
	o := &of{who: "schedule of the canary", role: role}
	for _, s := range d.made {
		o.may("put a record of the canary", s.put("kinesis:PutRecord"))
		o.may("put a record of the canary", s.put("kinesis:PutRecords"))
		o.mayNot("read the stream", on(s.arn, "kinesis:GetRecords"))
	}
	o.mayNot("put changes into the twin stream", on(f.changes.arn, "kinesis:PutRecords"))
	for _, s := range d.made {
		o.mayNot("encrypt records of another stream", stream{s.arn + "-other", s.key}.uses("GenerateDataKey"))
	}
	o.mayNot("read readings", f.readings.item("dynamodb:Query", "", component))
	return o.tasks
}

func (f *facts) firehose() (tasks []Task) {
	for _, d := range f.datasets {
		s := f.settings.Datasets[d.name]
		r := f.Find(d.name, "Pipeline/Processor/Function")
		if r == nil || s.FirehoseRoleArn == "" {
			continue
		}
		who := iam.Caller{ARN: s.FirehoseRoleArn, Account: iam.Account}
		other := iam.Caller{ARN: s.FirehoseRoleArn + "-other", Account: iam.Account}
		for _, action := range []string{"lambda:InvokeFunction", "lambda:GetFunctionConfiguration"} {
			tasks = append(tasks,
				Task{Who: "delivery stream", What: "call its processor", Caller: who, Calls: on(f.ARN(r), action)},
				Task{Who: "delivery stream", What: "call the processor of another one", Caller: other, Calls: on(f.ARN(r), action),
					Refused: true})
		}
	}
	return tasks
}

// flinkService are what Managed Service for Apache Flink does with the key of an application's state.
func (f *facts) flinkService() (tasks []Task) {
	const snapshots, disks = "kinesisanalytics.amazonaws.com", "infrastructure.kinesisanalytics.amazonaws.com"
	const contextKey = "kms:EncryptionContext:" + flinkContext
	for _, d := range f.datasets {
		if len(f.in(d.name, "AWS::KinesisAnalyticsV2::Application")) == 0 {
			continue
		}
		a := f.application(d.name)
		from := []string{"aws:SourceArn", a.arn, "aws:SourceAccount", iam.Account}
		otherSource := map[string][]string{"aws:SourceArn": {a.arn + "-other"}, "aws:SourceAccount": {iam.Stranger}}
		otherData := map[string][]string{contextKey: {a.arn + "-other"}}
		both := maps.Clone(otherSource)
		maps.Copy(both, otherData)
		for _, who := range []string{snapshots, disks} {
			tasks = append(tasks, asService(who, "describe the key of an application",
				with(on(a.key, "kms:DescribeKey"), from...), otherSource)...)
		}
		tasks = append(tasks, asService(snapshots, "write snapshots",
			with(on(a.key, "kms:GenerateDataKey"), append(from, contextKey, a.arn)...), both)...)
		tasks = append(tasks, asService(snapshots, "read snapshots", with(on(a.key, "kms:Decrypt"), contextKey, a.arn),
			otherData)...)
		tasks = append(tasks, asService(disks, "use disks",
			with(on(a.key, "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext"), contextKey, a.arn), otherData)...)
		otherData["kms:GrantConstraintType"] = []string{"EncryptionContextEquals"}
		otherData["kms:GrantOperations"] = []string{"Encrypt"}
		tasks = append(tasks, asService(disks, "grant disks", with(on(a.key, "kms:CreateGrant"), contextKey, a.arn,
			"kms:GrantConstraintType", "EncryptionContextSubset", "kms:GrantOperations", "Decrypt"), otherData)...)
	}
	return tasks
}
