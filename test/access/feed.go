package access

import (
	"strconv"

	"github.com/railtwin/digitaltwin/internal/feed/dynamolog/schema"
)

// tell is who puts what has changed into the log of the change feed.
func (f *facts) tell() []Task {
	role := f.function("", "Twin/Tell")
	if role == nil {
		return nil
	}
	o := &of{who: "tell", role: role}
	o.may("read the stream of the table", join(on(f.readings.stream(),
		"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"),
		f.readings.uses("Decrypt")))
	o.may("read what is served", join(f.readings.item("dynamodb:Query", "", component),
		f.readings.item("dynamodb:Query", "", entry)))
	o.may("add to the log", join(f.log.item("dynamodb:PutItem", "", "1"), f.log.uses(wraps...)))
	o.may("keep failed batches", join(f.rejects.put("aws/lambda/mapping/a"), on(f.rejects.arn, "s3:ListBucket")))
	o.mayNot("write readings", f.readings.item("dynamodb:UpdateItem", "", component))
	o.mayNot("encrypt readings", f.readings.uses("GenerateDataKey"))
	o.mayNot("read the log", f.log.item("dynamodb:Query", "", "1"))
	o.mayNot("delete of the log", f.log.item("dynamodb:DeleteItem", "", "1"))
	o.mayNot("read the twin stream", on(f.changes.arn, "kinesis:GetRecords"))
	f.mayNotReach(o, "rejects/extract/x")
	return o.tasks
}

// follow is who streams the log to followers.
func (f *facts) follow() []Task {
	role := f.function("", "Twin/Follow")
	if role == nil {
		return nil
	}
	o := &of{who: "follow", role: role}
	f.serves(o)
	seats := strconv.Itoa(schema.Seats)
	o.may("keep who follows", join(f.log.item("dynamodb:PutItem", "", seats), f.log.item("dynamodb:DeleteItem", "", seats),
		f.log.uses(wraps...)))
	o.mayNot("delete of the log", f.log.item("dynamodb:DeleteItem", "", "1"))
	o.mayNot("read the stream of the table", on(f.readings.stream(), "dynamodb:GetRecords"))
	return o.tasks
}

// serves are what functions may that serve readings, and the log where there is one.
func (f *facts) serves(o *of) {
	o.may("read readings", join(f.readings.item("dynamodb:Query", "", component), f.readings.uses("Decrypt")))
	o.may("list components", f.readings.item("dynamodb:Query", "/index/dataset", "wagon_telemetry"))
	o.may("read the catalogue", f.readings.item("dynamodb:BatchGetItem", "", entry))
	o.mayNot("read an item past the API", f.readings.item("dynamodb:BatchGetItem", "", component))
	o.mayNot("write readings", f.readings.item("dynamodb:UpdateItem", "", component))
	o.mayNot("encrypt readings", f.readings.uses("GenerateDataKey"))
	o.mayNot("read the twin stream", on(f.changes.arn, "kinesis:GetRecords"))
	if f.log.arn != "" {
		o.may("read the log of the change feed", join(f.log.item("dynamodb:Query", "", "1"), f.log.uses("Decrypt")))
		o.mayNot("write the log of the change feed", f.log.item("dynamodb:PutItem", "", "1"))
	}
	if secret := f.Find("", "Twin/Client-machine/Credentials"); secret != nil {
		o.mayNot("read a secret", on(f.ARN(secret), "secretsmanager:GetSecretValue"))
	}
}

// stream is the ARN of the stream of a table, as package iam has it.
func (t table) stream() string { return t.arn + "/stream/1" }
