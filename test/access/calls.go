package access

import (
	"strings"

	"github.com/railtwin/digitaltwin/internal/assembly"
	"github.com/railtwin/digitaltwin/test/iam"
)

// The calls of AWS by which things are done, with the uses of keys that the services make on behalf of the caller.

func context(pairs ...string) map[string][]string {
	m := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = append(m[pairs[i]], pairs[i+1])
	}
	return m
}

func on(resource string, actions ...string) (calls []Call) {
	for _, a := range actions {
		calls = append(calls, Call{Action: a, Resource: resource})
	}
	return calls
}

// key are uses of a key through a service, for an encryption context of pairs.
func key(arn, service string, actions []string, pairs ...string) (calls []Call) {
	for _, a := range actions {
		c := Call{"kms:" + a, arn, context("kms:ViaService", service+"."+iam.Region+".amazonaws.com")}
		for i := 0; i < len(pairs); i += 2 {
			c.Context["kms:EncryptionContext:"+pairs[i]] = []string{pairs[i+1]}
		}
		calls = append(calls, c)
	}
	return calls
}

func join(lists ...[]Call) (all []Call) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// stream is a Kinesis stream and its key, which is empty where it has none.
type stream struct{ arn, key string }

func (s stream) put(action string) []Call {
	return join(on(s.arn, action), s.uses("GenerateDataKey"))
}

func (s stream) read() []Call {
	return join(on(s.arn, "kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:ListShards",
		"kinesis:GetShardIterator", "kinesis:GetRecords"),
		s.uses("Decrypt"))
}

func (s stream) uses(actions ...string) []Call {
	if s.key == "" {
		return nil
	}
	return key(s.key, "kinesis", actions, "aws:kinesis:arn", s.arn)
}

// table is the table and its key.
type table struct{ arn, key string }

func (t table) uses(actions ...string) []Call {
	return key(t.key, "dynamodb", actions, "aws:dynamodb:tableName", t.arn[strings.LastIndex(t.arn, "/")+1:],
		"aws:dynamodb:subscriberId", iam.Account)
}

// item is a call about items with a partition key; name is the table itself or /index/<index>.
func (t table) item(action, name, partition string) []Call {
	c := Call{action, t.arn + name, map[string][]string{}}
	if partition != "" {
		c.Context["dynamodb:LeadingKeys"] = []string{partition}
	}
	return []Call{c}
}

// items are calls about items with a partition key.
func (t table) items(actions []string, partition string) (calls []Call) {
	for _, action := range actions {
		calls = join(calls, t.item(action, "", partition))
	}
	return calls
}

var wraps = []string{"Decrypt", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"}

// bucket is the bucket of rejects and its key. Its data key is of the bucket and not of an object.
type bucket struct{ arn, key string }

func (b bucket) put(name string) []Call {
	return join(on(b.arn+"/"+name, "s3:PutObject"), key(b.key, "s3", []string{"GenerateDataKey"}, "aws:s3:arn", b.arn))
}

func (b bucket) get(name string) []Call {
	return join(on(b.arn+"/"+name, "s3:GetObject"), key(b.key, "s3", []string{"Decrypt"}, "aws:s3:arn", b.arn))
}

// secret is the secret of a client and its key.
type secret struct{ arn, key string }

func (s secret) get() []Call {
	return join(on(s.arn, "secretsmanager:GetSecretValue"),
		key(s.key, "secretsmanager", []string{"Decrypt"}, "SecretARN", s.arn))
}

func (s secret) replace() []Call {
	return join(on(s.arn, "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
		"secretsmanager:UpdateSecretVersionStage"), key(s.key, "secretsmanager", []string{"Decrypt", "GenerateDataKey"},
		"SecretARN", s.arn))
}

// application is an application of Flink and the key of its state.
type application struct{ arn, key string }

const flinkContext = "aws:kinesisanalytics:arn"

// operate are the uses of the key by who makes, starts or stops the application.
func (a application) operate() []Call {
	calls := join(key(a.key, "kinesisanalytics", []string{"DescribeKey"}),
		key(a.key, "kinesisanalytics", []string{"Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"},
			flinkContext, a.arn),
		key(a.key, "kinesisanalytics", []string{"CreateGrant"}, flinkContext, a.arn))
	grant := calls[len(calls)-1].Context
	grant["kms:GrantConstraintType"], grant["kms:GrantOperations"] = []string{"EncryptionContextSubset"},
		[]string{"Decrypt"}
	return calls
}

// withTag is a call about a resource that has tags.
func withTag(w *iam.World, r *assembly.Resource, resource string, actions ...string) (calls []Call) {
	for _, a := range actions {
		calls = append(calls, Call{a, resource, w.Tags(r)})
	}
	return calls
}
