package access

import "github.com/railtwin/digitaltwin/test/iam"

// operate forgets, replays and pauses. It has a role of its own, because nobody else may do all that.
func (f *facts) operate() []Task {
	o := &of{who: "operate", role: f.function("", "Twin/Operate")}
	o.may("forget", join(f.readings.items(append([]string{"dynamodb:Query"}, swaps...), component),
		f.readings.item("dynamodb:Query", "/index/components", "0"), f.readings.uses(wraps...)))
	o.may("tidy the forget list", f.readings.item("dynamodb:DeleteItem", "", entry))
	for _, name := range []string{"rejects/extract/wagons/2026/11/29/a.ndjson.gz", "aws/lambda/mapping/2026/11/29/a"} {
		o.may("list, read, mark and drop rejects and failed batches",
			join(on(f.rejects.arn, "s3:ListBucket"), f.rejects.get(name), f.rejects.put(name),
				on(f.rejects.arn+"/"+name, "s3:GetObjectTagging", "s3:PutObjectTagging", "s3:DeleteObject")))
	}
	o.may("put changes into the twin stream", f.changes.put("kinesis:PutRecords"))
	for r := range f.Resources("AWS::Lambda::EventSourceMapping") {
		o.may("pause and resume the triggers of datasets", withTag(f.World, r, f.ARN(r), "lambda:UpdateEventSourceMapping"))
	}
	o.may("find triggers", on("*", "lambda:ListEventSourceMappings"))
	o.may("go on with its work", on(f.ARN(f.Find("", "Twin/Operate/Function")), "lambda:InvokeFunction"))
	o.mayNot("pause the triggers of others", []Call{{"lambda:UpdateEventSourceMapping",
		"arn:aws:lambda:" + iam.Region + ":" + iam.Account + ":event-source-mapping:theirs",
		context("aws:ResourceTag/digitaltwin:environment", "other")}})
	o.mayNot("call another function", on(f.ARN(f.Find("", "Twin/Query/Function")), "lambda:InvokeFunction"))
	o.mayNot("act as another function", on(f.ARN(f.Find("", "Twin/Query/Role")), "sts:AssumeRole"))
	o.mayNot("delete readings", f.readings.item("dynamodb:DeleteItem", "", component))
	o.mayNot("read the twin stream", on(f.changes.arn, "kinesis:GetRecords"))
	o.mayNot("decrypt changes", f.changes.uses("Decrypt"))
	if secret := f.Find("", "Twin/Client-machine/Credentials"); secret != nil {
		o.mayNot("read a secret", on(f.ARN(secret), "secretsmanager:GetSecretValue"))
	}
	o.mayNot("change a trigger's function", on(f.ARN(f.Find("", "Twin/Apply/Function")), "lambda:UpdateFunctionCode"))
	for _, d := range f.datasets {
		for _, reader := range []string{"Pipeline/Extract/Role", "Pipeline/Objects/Role"} {
			if r := f.Find(d.name, reader); r != nil {
				o.may("read a source again as its extractor", on(f.ARN(r), "sts:AssumeRole"))
			}
		}
		for _, s := range d.read {
			o.mayNot("put into the source", on(s.arn, "kinesis:PutRecords"))
			o.mayNot("encrypt records of the source", s.uses("GenerateDataKey"))
		}
	}
	return o.tasks
}
