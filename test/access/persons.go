package access

import (
	"strings"

	"github.com/railtwin/digitaltwin/test/iam"
)

// people are the tasks of people, by the managed policies of the stacks, and of those whom nobody lets in.
func (f *facts) people() []Task {
	tasks := join2(f.producers(), f.consumers(), f.operators(), f.restorers())
	return join2(tasks, f.auditor(), f.deployer(), f.strangers())
}

func join2(lists ...[]Task) (all []Task) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func (f *facts) producers() (tasks []Task) {
	for _, d := range f.datasets {
		for _, p := range f.settings.Datasets[d.name].Producers.people("producer", f.rights(d.name, "Pipeline/PutPolicy")) {
			may := func(what string, calls []Call) {
				tasks = append(tasks, Task{Who: "producer", What: what, Caller: p.Caller, Calls: calls, Bound: true, Open: p.open,
					Refused: !p.named})
			}
			mayNot := func(what string, calls []Call) {
				tasks = append(tasks, Task{Who: "producer", What: what, Caller: p.Caller, Calls: calls, Refused: true})
			}
			for _, s := range d.made {
				may("put records into the new stream of a dataset", s.put("kinesis:PutRecord"))
				may("put records into the new stream of a dataset", s.put("kinesis:PutRecords"))
				mayNot("read the stream", on(s.arn, "kinesis:GetRecords"))
				mayNot("decrypt the records", s.uses("Decrypt"))
			}
			if len(d.made) > 0 {
				mayNot("put changes into the twin stream", on(f.changes.arn, "kinesis:PutRecords"))
				mayNot("encrypt changes", f.changes.uses("GenerateDataKey"))
			}
		}
	}
	return tasks
}

func (f *facts) consumers() (tasks []Task) {
	secrets := map[string]secret{}
	for _, client := range sorted(f.settings.Clients) {
		r := f.Find("", "Twin/Client-"+client+"/Credentials")
		secrets[client] = secret{f.ARN(r), f.Text(r, "KmsKeyId")}
	}
	for _, client := range sorted(secrets) {
		for _, p := range f.settings.Clients[client].Readers.people("consumer",
			f.rights("", "Twin/Client-"+client+"/ReadPolicy")) {
			add := func(who, what string, refused bool, calls []Call) {
				tasks = append(tasks, Task{Who: who, What: what, Caller: p.Caller, Calls: calls, Bound: true, Open: p.open,
					Refused: refused})
			}
			add("consumer", "read the secret of a client", !p.named, secrets[client].get())
			if client == "machine" {
				add("smoke test", "read the secret of a client", !p.named, secrets[client].get())
			}
			add("consumer", "write the secret", true, on(secrets[client].arn, "secretsmanager:PutSecretValue"))
			add("consumer", "read the table", true, f.readings.item("dynamodb:Query", "", "wagon:1"))
			add("consumer", "decrypt readings", true, f.readings.uses("Decrypt"))
			for _, other := range sorted(secrets) {
				if other != client {
					add("consumer", "read the secret of another client", true, on(secrets[other].arn, "secretsmanager:GetSecretValue"))
				}
			}
		}
	}
	return tasks
}

func (f *facts) operators() (tasks []Task) {
	rights := f.rights("", "Twin/OperatorPolicy")
	for _, d := range f.datasets {
		rights = append(rights, f.rights(d.name, "Pipeline/OperatePolicy")...) // both are attached
	}
	for _, p := range f.settings.Operators.people("operator", rights) {
		add := func(what string, refused bool, calls []Call) {
			tasks = append(tasks, Task{Who: "operator", What: what, Caller: p.Caller, Calls: calls, Open: p.open,
				Refused: refused})
		}
		add("list rejects and failed batches", false, on(f.rejects.arn, "s3:ListBucket"))
		add("read rejects", !p.named, f.rejects.get("rejects/extract/wagons/2026/11/29/a.ndjson.gz"))
		add("read failed batches", !p.named, f.rejects.get("aws/lambda/mapping/2026/11/29/a"))
		f.operateLogs(add)
		stack := f.Find("", "Twin/Table").Stack.Name
		add("see the outputs", false, on("arn:aws:cloudformation:"+iam.Region+":"+iam.Account+":stack/"+stack+"/id",
			"cloudformation:DescribeStacks"))
		if rotate := f.Find("", "Twin/Rotate/Function"); rotate != nil {
			add("rotate the secret of a client", false, on(f.ARN(rotate), "lambda:InvokeFunction"))
		}
		add("call another function", true, on(f.ARN(f.Find("", "Twin/Query/Function")), "lambda:InvokeFunction"))
		f.operateMetrics(add)
		f.operateFlink(p, &tasks)
		add("write rejects", true, on(f.rejects.arn+"/rejects/x", "s3:PutObject"))
		add("delete rejects", true, on(f.rejects.arn+"/rejects/x", "s3:DeleteObject"))
		add("read the table", true, f.readings.item("dynamodb:Query", "", "wagon:1"))
		add("decrypt readings", true, f.readings.uses("Decrypt"))
		add("decrypt changes", true, f.changes.uses("Decrypt"))
		if secret := f.Find("", "Twin/Client-machine/Credentials"); secret != nil {
			add("read a secret", true, on(f.ARN(secret), "secretsmanager:GetSecretValue"))
		}
	}
	return tasks
}

type adder func(what string, refused bool, calls []Call)

func (f *facts) operateLogs(add adder) {
	for r := range f.Resources("AWS::Logs::LogGroup") {
		add("search the logs", false, withTag(f.World, r, f.ARN(r), "logs:FilterLogEvents", "logs:StartQuery"))
	}
	other := Call{"logs:FilterLogEvents", "arn:aws:logs:" + iam.Region + ":" + iam.Account + ":log-group:theirs",
		context("aws:ResourceTag/digitaltwin:environment", "other")}
	add("search the logs of another environment", true, []Call{other})
	add("search logs", false, on("*", "logs:DescribeLogGroups", "logs:GetQueryResults"))
	for r := range f.Resources("AWS::Lambda::EventSourceMapping") {
		add("see whether a trigger is paused", false, withTag(f.World, r, f.ARN(r), "lambda:GetEventSourceMapping"))
	}
	theirs := Call{"lambda:GetEventSourceMapping", "arn:aws:lambda:" + iam.Region + ":" + iam.Account +
		":event-source-mapping:theirs", nil}
	add("see the triggers of others", true, []Call{theirs})
}

func (f *facts) operateMetrics(add adder) {
	add("see the dashboard and its metrics", false,
		join(on(f.ARN(f.Find("", "Twin/Dashboard")), "cloudwatch:GetDashboard"), on("*", "cloudwatch:GetMetricData")))
	add("change the dashboard", true, on(f.ARN(f.Find("", "Twin/Dashboard")), "cloudwatch:PutDashboard"))
}

// operateFlink are publishing a test alarm and running an application of Flink, where there is one.
func (f *facts) operateFlink(p person, tasks *[]Task) {
	add := func(what string, refused bool, calls []Call) {
		*tasks = append(*tasks, Task{Who: "operator", What: what, Caller: p.Caller, Calls: calls, Open: p.open,
			Refused: refused, Bound: true})
	}
	if r := f.Find("", "Twin/AlarmTopic"); r != nil {
		topic := f.ARN(r)
		*tasks = append(*tasks, Task{
			Who: "operator", What: "publish a test alarm", Caller: p.Caller, Open: p.open, Refused: !p.named,
			Calls: join(on(topic, "sns:Publish"), key(f.Text(r, "KmsMasterKeyId"), "sns", []string{"Decrypt", "GenerateDataKey"},
				"aws:sns:topicArn", topic)),
		})
		add("subscribe to the topic of the alarms", true, on(topic, "sns:Subscribe"))
	}
	for _, d := range f.datasets {
		for _, r := range f.in(d.name, "AWS::KinesisAnalyticsV2::Application") {
			a := f.application(d.name)
			add("start and stop an application of Flink", !p.named, join(on(f.ARN(r), runs...), a.operate()))
			add("change an application of Flink", true, on(f.ARN(r), "kinesisanalytics:UpdateApplication"))
		}
	}
}

var runs = []string{
	"kinesisanalytics:DescribeApplication", "kinesisanalytics:ListApplicationSnapshots",
	"kinesisanalytics:StartApplication", "kinesisanalytics:StopApplication",
}

func (f *facts) application(dataset string) application {
	r := f.Find(dataset, "Pipeline/Flink/Application")
	return application{f.ARN(r), f.Text(r, "ApplicationConfiguration", "ApplicationEncryptionConfiguration", "KeyId")}
}

func (f *facts) restorers() (tasks []Task) {
	for _, p := range f.settings.Restorers.people("restorer", f.rights("", "Twin/RestorePolicy")) {
		restored := f.readings.arn + "-restored"
		add := func(what string, refused bool, calls []Call) {
			tasks = append(tasks, Task{Who: "restorer", What: what, Caller: p.Caller, Calls: calls, Open: p.open,
				Refused: refused})
		}
		fill := []string{"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem",
			"dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"}
		add("restore the table", !p.named, join(
			on(f.readings.arn, "dynamodb:DescribeTable", "dynamodb:DescribeContinuousBackups",
				"dynamodb:RestoreTableToPointInTime"),
			on(restored, append(fill, "dynamodb:RestoreTableToPointInTime", "dynamodb:DescribeTable",
				"dynamodb:CreateBackup")...),
			on(restored+"/backup/01", "dynamodb:DescribeBackup", "dynamodb:RestoreTableFromBackup"),
			on(f.readings.arn, append(fill, "dynamodb:UpdateTable", "dynamodb:DeleteTable", "dynamodb:UpdateTimeToLive",
				"dynamodb:UpdateContinuousBackups", "dynamodb:TagResource")...),
			f.readings.uses(append([]string{"DescribeKey", "CreateGrant"}, wraps...)...)))
		add("restore another table", true, on("arn:aws:dynamodb:"+iam.Region+":"+iam.Account+":table/theirs",
			"dynamodb:RestoreTableToPointInTime"))
		add("read rejects", true, on(f.rejects.arn+"/rejects/x", "s3:GetObject"))
	}
	return tasks
}

// auditor has what AWS's own policy for auditors has of it: the right to see what is configured.
func (f *facts) auditor() (tasks []Task) {
	see := []string{"kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants",
		"kms:ListKeyPolicies", "kms:ListResourceTags"}
	who := role(iam.Account, "audit/auditor", []*iam.Statement{{Owner: "SecurityAudit",
		Actions: append(see, "iam:Get*", "iam:List*"), Resources: []string{"*"}}})
	for r := range f.Resources("AWS::KMS::Key") {
		tasks = append(tasks,
			Task{Who: "auditor", What: "see who may use a key", Caller: who, Calls: on(f.ARN(r), see...)},
			Task{Who: "auditor", What: "decrypt", Caller: who, Calls: on(f.ARN(r), "kms:Decrypt"), Refused: true},
			Task{Who: "auditor", What: "change who may use a key", Caller: who, Calls: on(f.ARN(r), "kms:PutKeyPolicy"),
				Refused: true})
	}
	return tasks
}

// deployer is who deploys, and CloudFormation, which acts for it with a role of its own.
func (f *facts) deployer() (tasks []Task) {
	engineer := role(iam.Account, "ci/engineer", Everything)
	cfn := f.settings.deployer()
	add := func(what string, calls []Call) {
		tasks = append(tasks, Task{Who: "CloudFormation", What: what, Caller: cfn, Calls: calls})
	}
	makes := []string{"DescribeKey", "GenerateDataKey", "Decrypt"}
	for r := range f.Resources("AWS::Kinesis::Stream") {
		add("make an encrypted stream", f.stream(f.ARN(r)).uses(makes...))
	}
	add("make the table", f.readings.uses(append([]string{"DescribeKey", "CreateGrant"}, wraps...)...))
	if f.log.arn != "" {
		add("make the log of the change feed", f.log.uses(append([]string{"DescribeKey", "CreateGrant"}, wraps...)...))
	}
	for r := range f.Resources("AWS::SecretsManager::Secret") {
		add("make a secret", key(f.Text(r, "KmsKeyId"), "secretsmanager", makes, "SecretARN", f.ARN(r)))
	}
	for _, d := range f.datasets {
		if len(f.in(d.name, "AWS::KinesisAnalyticsV2::Application")) > 0 {
			tasks = append(tasks, Task{Who: "CloudFormation", What: "make an application of Flink", Caller: cfn,
				Calls: f.application(d.name).operate(), Bound: true})
			other := f.application(d.name).operate()
			grant := other[len(other)-1]
			grant.Context["kms:GrantOperations"] = []string{"Decrypt", "Encrypt"}
			tasks = append(tasks, Task{Who: "CloudFormation", What: "grant more than decryption", Caller: cfn,
				Calls: []Call{grant}, Refused: true})
			free := f.application(d.name).operate()[len(other)-1]
			free.Context["kms:GrantConstraintType"] = []string{"EncryptionContextEquals"}
			tasks = append(tasks, Task{Who: "CloudFormation", What: "grant otherwise", Caller: cfn, Calls: []Call{free},
				Refused: true})
		}
	}
	for _, d := range f.datasets {
		for _, reader := range []string{"Pipeline/Extract/Role", "Pipeline/Objects/Role"} {
			if r := f.Find(d.name, reader); r != nil {
				tasks = append(tasks, Task{Who: "deployer", What: "act as an extractor", Caller: engineer,
					Calls: on(f.ARN(r), "sts:AssumeRole"), Refused: true})
			}
		}
	}
	for r := range f.Resources("AWS::KMS::Key") {
		tasks = append(tasks,
			Task{Who: "deployer", What: "administer a key", Caller: engineer,
				Calls: on(f.ARN(r), "kms:PutKeyPolicy", "kms:EnableKeyRotation", "kms:ScheduleKeyDeletion", "kms:CreateAlias",
					"kms:TagResource")},
			Task{Who: "deployer", What: "use a key", Caller: engineer, Calls: on(f.ARN(r), "kms:Decrypt"), Refused: true},
			Task{Who: "deployer", What: "use a key", Caller: engineer, Calls: on(f.ARN(r), "kms:GenerateDataKey"),
				Refused: true},
			Task{Who: "deployer", What: "grant the use of a key", Caller: engineer, Calls: on(f.ARN(r), "kms:CreateGrant"),
				Refused: true})
	}
	return tasks
}

// strangers are another account, and nobody in particular.
func (f *facts) strangers() (tasks []Task) {
	stranger, anybody := role(iam.Stranger, "admin", Everything), iam.Caller{}
	for _, who := range []struct {
		name string
		iam.Caller
	}{{"another account", stranger}, {"anybody", anybody}} {
		for r := range f.Resources("") {
			if calls := reach[r.Type]; calls != nil && f.ARN(r) != "" {
				for _, action := range calls {
					resource := f.ARN(r)
					if strings.Contains(action, "Object") {
						resource += "/rejects/x"
					}
					tasks = append(tasks, Task{Who: who.name, What: "reach " + strings.TrimPrefix(r.Type, "AWS::"), Caller: who.Caller,
						Calls: on(resource, action), Refused: true})
				}
			}
		}
	}
	// Whoever may make roles cannot make one that a key lets in because of its path.
	fresh := role(iam.Account, "digitaltwin/"+f.Environment+"/extract/made-up", Everything)
	for _, d := range f.datasets {
		for _, s := range append(d.made, f.changes) {
			for _, action := range []string{"Decrypt", "GenerateDataKey"} {
				if action == "GenerateDataKey" && s != f.changes && f.settings.Datasets[d.name].Producers.all {
					continue // everybody may, who has the rights
				}
				tasks = append(tasks, Task{Who: "a made-up role of an extractor", What: "use a key", Caller: fresh,
					Calls: s.uses(action), Refused: true})
			}
		}
	}
	return tasks
}

// reach are calls on what an environment makes, which nobody else may make.
var reach = map[string][]string{
	"AWS::KMS::Key":               {"kms:Decrypt", "kms:GenerateDataKey", "kms:PutKeyPolicy"},
	"AWS::S3::Bucket":             {"s3:GetObject", "s3:PutObject"},
	"AWS::Kinesis::Stream":        {"kinesis:GetRecords", "kinesis:PutRecords"},
	"AWS::DynamoDB::Table":        {"dynamodb:Query", "dynamodb:UpdateItem"},
	"AWS::SecretsManager::Secret": {"secretsmanager:GetSecretValue"},
	"AWS::SNS::Topic":             {"sns:Publish"},
	"AWS::SQS::Queue":             {"sqs:SendMessage"},
	"AWS::Lambda::Function":       {"lambda:InvokeFunction"},
	"AWS::IAM::Role":              {"sts:AssumeRole"},
}
