package access

import (
	"github.com/railtwin/digitaltwin/test/iam"
)

// inside is who tells what came in, and the SQL of datasets.
func (f *facts) inside() []Task {
	role := f.function("", "Twin/Inside")
	if role == nil {
		return nil
	}
	o := &of{who: "inside", role: role}
	o.may("read the catalogue", join(f.readings.item("dynamodb:Query", "", entry), f.readings.uses("Decrypt")))
	o.may("read metrics", on("*", "cloudwatch:GetMetricData"))
	o.mayNot("write metrics", on("*", "cloudwatch:PutMetricData"))
	o.mayNot("change alarms", on("*", "cloudwatch:PutMetricAlarm"))
	o.mayNot("read readings", f.readings.item("dynamodb:Query", "", component))
	o.mayNot("list components", f.readings.item("dynamodb:Query", "/index/dataset", "wagon_telemetry"))
	o.mayNot("write the catalogue", f.readings.item("dynamodb:UpdateItem", "", entry))
	o.mayNot("encrypt readings", f.readings.uses("GenerateDataKey"))
	o.mayNot("read rejects", on(f.rejects.arn+"/rejects/x", "s3:GetObject"))
	o.mayNot("read the twin stream", on(f.changes.arn, "kinesis:GetRecords"))
	return o.tasks
}

// page is what its function and CloudFront do with the files of the page.
func (f *facts) page() []Task {
	role := f.function("", "Twin/PublishPage")
	if role == nil {
		return nil
	}
	files := f.ARN(f.Find("", "Twin/PageFiles"))
	o := &of{who: "publish page", role: role}
	o.may("put the files of the page", join(on(files, "s3:ListBucket"),
		on(files+"/index.html", "s3:PutObject", "s3:DeleteObject")))
	o.mayNot("read the files of the page", on(files+"/index.html", "s3:GetObject"))
	o.mayNot("keep rejects", f.rejects.put("rejects/page/x")[:1])
	o.mayNot("read rejects", on(f.rejects.arn+"/rejects/x", "s3:GetObject"))
	o.mayNot("read readings", f.readings.item("dynamodb:Query", "", component))
	insecure := on(files+"/index.html", "s3:PutObject")
	insecure[0].Context = context("aws:SecureTransport", "false", "s3:TlsVersion", "1.3")
	o.mayNot("put the files of the page without TLS", insecure)
	old := on(files+"/index.html", "s3:PutObject")
	old[0].Context = context("aws:SecureTransport", "true", "s3:TlsVersion", "1.1")
	o.mayNot("put the files of the page by an old TLS", old)

	distribution := "arn:aws:cloudfront::" + iam.Account + ":distribution/" + f.ref("Twin/Page")
	return append(o.tasks, asService("cloudfront.amazonaws.com", "read the files of the page",
		with(on(files+"/index.html", "s3:GetObject"), "aws:SourceArn", distribution),
		map[string][]string{"aws:SourceArn": {distribution + "-other"}})...)
}
