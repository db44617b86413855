package access

import (
	"strings"

	"github.com/railtwin/digitaltwin/internal/assembly"
	"github.com/railtwin/digitaltwin/test/iam"
)

// functions are the tasks of the functions and of applications of Flink, each with a role of its own.
func (f *facts) functions() []Task {
	tasks := join2(f.apply(), f.query(), f.upgrade(), f.catalogue(), f.credentials(), f.rotate(), f.operate(),
		f.authorize(), f.empty(), f.tell(), f.follow(), f.page(), f.inside())
	for _, d := range f.datasets {
		tasks = join2(tasks, f.extract(d), f.processors(d), f.objects(d), f.flink(d), f.starter(d), f.canary(d))
	}
	return join2(tasks, f.logs())
}

// of are the tasks of a role, which may and may not do things.
type of struct {
	who   string
	role  *iam.Role
	tasks []Task
}

func (o *of) may(what string, calls []Call) {
	o.tasks = append(o.tasks, Task{Who: o.who, What: what, Caller: o.role.Caller(), Calls: calls})
}

func (o *of) mayNot(what string, calls []Call) {
	o.tasks = append(o.tasks, Task{Who: o.who, What: what, Caller: o.role.Caller(), Calls: calls, Refused: true})
}

const component, entry = "wagon:1", "#catalogue"

func (f *facts) apply() []Task {
	o := &of{who: "apply", role: f.function("", "Twin/Apply")}
	o.may("read the twin stream", f.changes.read())
	if r := f.Find("", "Twin/Consumer"); r != nil {
		o.may("read the twin stream by fan-out", on(f.ARN(r), "kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"))
	}
	o.may("swap readings", join(f.readings.items(swaps, component), f.readings.uses(wraps...)))
	o.may("read the catalogue", f.readings.item("dynamodb:Query", "", entry))
	o.may("keep rejects", f.rejects.put("rejects/apply/2026/11/29/a"))
	o.may("keep failed batches", join(f.rejects.put("aws/lambda/mapping/a"), on(f.rejects.arn, "s3:ListBucket")))
	o.mayNot("read readings", f.readings.item("dynamodb:Query", "", component))
	o.mayNot("delete readings", f.readings.item("dynamodb:DeleteItem", "", component))
	o.mayNot("put changes", on(f.changes.arn, "kinesis:PutRecords"))
	f.mayNotReach(o, "rejects/extract/x")
	return o.tasks
}

// mayNotReach are what no function that keeps rejects may: read them, and write elsewhere or without TLS.
func (f *facts) mayNotReach(o *of, elsewhere string) {
	o.mayNot("read rejects", on(f.rejects.arn+"/rejects/x", "s3:GetObject"))
	o.mayNot("keep rejects of others", on(f.rejects.arn+"/"+elsewhere, "s3:PutObject"))
	plain := f.rejects.put("aws/lambda/mapping/a")[:1]
	plain[0].Context = context("aws:SecureTransport", "false", "s3:TlsVersion", "1.2")
	o.mayNot("keep rejects without TLS", plain)
	old := f.rejects.put("aws/lambda/mapping/a")[:1]
	old[0].Context = context("aws:SecureTransport", "true", "s3:TlsVersion", "1.1")
	o.mayNot("keep rejects by TLS 1.1", old)
}

func (f *facts) query() []Task {
	o := &of{who: "query", role: f.function("", "Twin/Query")}
	f.serves(o)
	if f.log.arn != "" {
		o.mayNot("encrypt the log of the change feed", f.log.uses("GenerateDataKey"))
	}
	return o.tasks
}

// swaps are what it takes to replace readings where they are still the ones that were read.
var swaps = []string{"dynamodb:BatchGetItem", "dynamodb:PartiQLUpdate", "dynamodb:UpdateItem"}

func (f *facts) upgrade() []Task {
	o := &of{who: "upgrade", role: f.function("", "Twin/Upgrade")}
	o.may("bring readings into the form of this version", join(
		f.readings.items(append([]string{"dynamodb:Scan", "dynamodb:DeleteItem"}, swaps...), component),
		f.readings.uses(wraps...)))
	o.may("read the catalogue", f.readings.item("dynamodb:Query", "", entry))
	o.mayNot("query readings", f.readings.item("dynamodb:Query", "", component))
	o.mayNot("read the twin stream", on(f.changes.arn, "kinesis:GetRecords"))
	return o.tasks
}

func (f *facts) catalogue() []Task {
	o := &of{who: "catalogue", role: f.function("", "Twin/Catalogue")}
	o.may("write catalogue entries", join(f.readings.item("dynamodb:UpdateItem", "", entry),
		f.readings.item("dynamodb:DeleteItem", "", entry), f.readings.uses(wraps...)))
	o.mayNot("write readings", f.readings.item("dynamodb:UpdateItem", "", component))
	o.mayNot("read readings", f.readings.item("dynamodb:Query", "", component))
	return o.tasks
}

func (f *facts) credentials() []Task {
	role := f.function("", "Twin/Credentials")
	if role == nil {
		return nil
	}
	o := &of{who: "credentials", role: role}
	pool := f.ARN(f.Find("", "Twin/Users"))
	o.may("read the secrets of clients in Amazon Cognito", on(pool, "cognito-idp:DescribeUserPoolClient"))
	for _, client := range sorted(f.settings.Clients) {
		r := f.Find("", "Twin/Client-"+client+"/Credentials")
		o.may("replace what is in the secret of a client", secret{f.ARN(r), f.Text(r, "KmsKeyId")}.replace())
		if k := f.Find("", "Twin/Client-"+client+"/Key"); k != nil {
			o.may("read the API key of a client", on("arn:aws:apigateway:"+iam.Region+"::/apikeys/"+f.Resource(k, ""),
				"apigateway:GET"))
		}
	}
	o.mayNot("change a client", on(pool, "cognito-idp:UpdateUserPoolClient"))
	o.mayNot("add a secret to a client", on(pool, "cognito-idp:AddUserPoolClientSecret"))
	return o.tasks
}

func (f *facts) rotate() []Task {
	role := f.function("", "Twin/Rotate")
	if role == nil {
		return nil
	}
	o := &of{who: "rotate", role: role}
	pool := f.ARN(f.Find("", "Twin/Users"))
	o.may("add, list and end the secrets of clients in Amazon Cognito", on(pool,
		"cognito-idp:AddUserPoolClientSecret", "cognito-idp:ListUserPoolClientSecrets",
		"cognito-idp:DeleteUserPoolClientSecret"))
	for _, client := range sorted(f.settings.Clients) {
		r := f.Find("", "Twin/Client-"+client+"/Credentials")
		o.may("replace what is in the secret of a client", secret{f.ARN(r), f.Text(r, "KmsKeyId")}.replace())
		o.mayNot("delete the secret of a client", on(f.ARN(r), "secretsmanager:DeleteSecret"))
	}
	o.mayNot("change a client", on(pool, "cognito-idp:UpdateUserPoolClient"))
	o.mayNot("read the client's first secret", on(pool, "cognito-idp:DescribeUserPoolClient"))
	o.mayNot("rotate in another pool", on(pool+"-other", "cognito-idp:AddUserPoolClientSecret"))
	o.mayNot("read readings", f.readings.item("dynamodb:Query", "", component))
	return o.tasks
}

// authorize writes its log, and nothing else.
func (f *facts) authorize() []Task {
	role := f.function("", "Twin/Authorize")
	if role == nil {
		return nil
	}
	o := &of{who: "authorize", role: role}
	o.mayNot("read readings", f.readings.item("dynamodb:Query", "", component))
	o.mayNot("decrypt readings", f.readings.uses("Decrypt"))
	o.mayNot("read the catalogue", f.readings.item("dynamodb:BatchGetItem", "", entry))
	o.mayNot("read the twin stream", on(f.changes.arn, "kinesis:GetRecords"))
	o.mayNot("put changes", on(f.changes.arn, "kinesis:PutRecords"))
	o.mayNot("read rejects", on(f.rejects.arn+"/rejects/x", "s3:GetObject"))
	o.mayNot("decrypt changes", f.changes.uses("Decrypt"))
	return o.tasks
}

func (f *facts) empty() []Task {
	role := f.function("", "Twin/Empty")
	if role == nil {
		return nil
	}
	o := &of{who: "empty", role: role}
	o.may("empty the bucket", join(on(f.rejects.arn, "s3:GetBucketTagging", "s3:ListBucketVersions"),
		on(f.rejects.arn+"/rejects/x", "s3:DeleteObject", "s3:DeleteObjectVersion")))
	o.mayNot("read rejects", on(f.rejects.arn+"/rejects/x", "s3:GetObject"))
	o.mayNot("delete the bucket", on(f.rejects.arn, "s3:DeleteBucket"))
	return o.tasks
}

// delivers are what every function of a dataset does.
func (f *facts) delivers(o *of, dataset string) {
	o.may("put changes into the twin stream", f.changes.put("kinesis:PutRecords"))
	o.may("keep rejects", f.rejects.put("rejects/extract/"+dataset+"/2026/11/29/a"))
	o.mayNot("read the twin stream", on(f.changes.arn, "kinesis:GetRecords"))
	o.mayNot("decrypt changes", f.changes.uses("Decrypt"))
	o.mayNot("read the table", f.readings.item("dynamodb:Query", "", component))
	f.mayNotReach(o, "rejects/extract/another/x")
}

func (f *facts) extract(d dataset) []Task {
	role := f.function(d.name, "Pipeline/Extract")
	if role == nil {
		return nil
	}
	o := &of{who: "extract", role: role}
	f.delivers(o, d.name)
	o.may("keep failed batches", join(f.rejects.put("aws/lambda/mapping/a"), on(f.rejects.arn, "s3:ListBucket")))
	for _, s := range d.read {
		o.may("read the source", s.read())
		o.mayNot("put into the source", on(s.arn, "kinesis:PutRecords"))
		o.mayNot("encrypt records of the source", s.uses("GenerateDataKey"))
	}
	f.subscribes(o, d)
	return o.tasks
}

func (f *facts) subscribes(o *of, d dataset) {
	for _, r := range f.in(d.name, "AWS::Kinesis::StreamConsumer") {
		o.may("read the source by fan-out", on(f.ARN(r), "kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"))
	}
}

func (f *facts) processors(d dataset) (tasks []Task) {
	if role := f.function(d.name, "Pipeline/Processor"); role != nil {
		o := &of{who: "processor", role: role}
		f.delivers(o, d.name)
		o.mayNot("keep failed batches", on(f.rejects.arn+"/aws/lambda/x", "s3:PutObject"))
		tasks = o.tasks
	}
	return tasks
}

func (f *facts) objects(d dataset) []Task {
	own := f.function(d.name, "Pipeline/Objects")
	if own == nil {
		return nil
	}
	o := &of{who: "objects", role: own}
	f.delivers(o, d.name)
	queue := f.ARN(f.Find(d.name, "Pipeline/Objects/Queue"))
	o.may("take the names of objects", on(queue, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"))
	s := f.settings.Datasets[d.name]
	source := "arn:aws:s3:::" + s.Bucket
	calls := on(source+"/"+s.Prefix+"a.json.gz", "s3:GetObject")
	if s.SourceKeyArn != "" {
		calls = join(calls, key(s.SourceKeyArn, "s3", []string{"Decrypt"}, "aws:s3:arn", source))
	}
	o.may("read objects", calls)
	o.mayNot("read other objects", on(source+"/other/a.json.gz", "s3:GetObject"))
	o.may("find out whether an object is there", []Call{{"s3:ListBucket", source,
		context("s3:prefix", s.Prefix+"a.json.gz")}})
	o.mayNot("list other objects", []Call{{"s3:ListBucket", source, context("s3:prefix", "other/")}})
	tls := Call{"sqs:ReceiveMessage", queue, context("aws:SecureTransport", "false")}
	o.mayNot("take names without TLS", []Call{tls})
	failed, engineer := f.ARN(f.Find(d.name, "Pipeline/Objects/Failed")), role(iam.Account, "ci/engineer", Everything)
	tls.Resource = failed
	return append(o.tasks,
		Task{Who: "deployer", What: "redrive the names of objects", Caller: engineer,
			Calls: on(failed, "sqs:ReceiveMessage")},
		Task{Who: "deployer", What: "redrive without TLS", Caller: engineer, Calls: []Call{tls}, Refused: true})
}

func (f *facts) flink(d dataset) []Task {
	role := f.function(d.name, "Pipeline/Flink")
	if role == nil {
		return nil
	}
	o := &of{who: "application of Flink", role: role}
	o.may("put changes into the twin stream", join(f.changes.put("kinesis:PutRecords"),
		on(f.changes.arn, "kinesis:DescribeStreamSummary")))
	for _, s := range f.flinkSources(d) {
		o.may("read the source", s.read())
		o.mayNot("put into the source", on(s.arn, "kinesis:PutRecords"))
	}
	f.subscribes(o, d)
	r := f.Find(d.name, "Pipeline/Flink/Application")
	code := r.Get("ApplicationConfiguration", "ApplicationCodeConfiguration", "CodeContent",
		"S3ContentLocation").(map[string]any)
	bucket := r.Stack.Resolve(code["BucketARN"], f)
	o.may("read its code", on(strings.TrimSuffix(bucket, "/")+"/"+r.Stack.Resolve(code["FileKey"], f), "s3:GetObject",
		"s3:GetObjectVersion"))
	o.mayNot("read other code", on(bucket+"/other.zip", "s3:GetObject"))
	group := f.ARN(f.Find(d.name, "Pipeline/Flink/Logs"))
	o.may("write its log", join(on(group+":log-stream:flink", "logs:PutLogEvents"),
		on(group+":log-stream:", "logs:DescribeLogStreams")))
	o.mayNot("write other logs", on(group+"-other:log-stream:flink", "logs:PutLogEvents"))
	o.mayNot("use the key of its state", f.application(d.name).operate()[1:2])
	o.mayNot("decrypt changes", f.changes.uses("Decrypt"))
	return o.tasks
}

// flinkSources are the streams that an application reads, by its property groups.
func (f *facts) flinkSources(d dataset) (sources []stream) {
	r := f.Find(d.name, "Pipeline/Flink/Application")
	seen := map[string]bool{f.changes.arn: true}
	for _, group := range r.Get("ApplicationConfiguration", "EnvironmentProperties", "PropertyGroups").([]any) {
		for _, v := range group.(map[string]any)["PropertyMap"].(map[string]any) {
			arn := r.Stack.Resolve(v, f)
			if strings.Contains(arn, ":stream/") && !seen[arn] {
				seen[arn] = true
				sources = append(sources, f.stream(arn))
			}
		}
	}
	return sources
}

func (f *facts) starter(d dataset) []Task {
	role := f.function(d.name, "Pipeline/Flink/Starter")
	if role == nil {
		return nil
	}
	o := &of{who: "starter", role: role}
	a := f.application(d.name)
	o.tasks = append(o.tasks, Task{Who: o.who, What: "start and stop the application", Caller: role.Caller(),
		Calls: join(on(a.arn, runs...), a.operate()), Bound: true})
	o.mayNot("change the application", on(a.arn, "kinesisanalytics:UpdateApplication"))
	o.mayNot("start another application", on(a.arn+"-other", "kinesisanalytics:StartApplication"))
	return o.tasks
}

// logs are what every function does and nothing more: write into its own group.
func (f *facts) logs() (tasks []Task) {
	for r := range f.Resources("AWS::Lambda::Function") {
		name := strings.TrimSuffix(r.Name(), "/Function")
		group := groupOf(f, r)
		o := &of{who: "every function", role: f.byFunction(r)}
		o.may("write its log", on(group+":log-stream:2026", "logs:CreateLogStream", "logs:PutLogEvents"))
		o.mayNot("write other logs", on(group+"-other:log-stream:2026", "logs:PutLogEvents"))
		if traces := on("*", "xray:PutTelemetryRecords", "xray:PutTraceSegments"); f.Text(r, "TracingConfig",
			"Mode") == "Active" {
			o.may("write traces", traces)
		} else {
			o.mayNot("write traces", traces[:1])
		}
		if o.role == nil {
			panic("BUG: no role of " + name)
		}
		tasks = append(tasks, o.tasks...)
	}
	return tasks
}

func groupOf(f *facts, function *assembly.Resource) string {
	name := f.Text(function, "LoggingConfig", "LogGroup")
	return "arn:aws:logs:" + iam.Region + ":" + iam.Account + ":log-group:" + name
}

func (f *facts) byFunction(r *assembly.Resource) *iam.Role { return f.Roles[f.Text(r, "Role")] }
