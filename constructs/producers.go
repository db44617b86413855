package constructs

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
)

// puts is what a producer calls.
var puts = []string{"kinesis:PutRecord", "kinesis:PutRecords"}

// made are the inputs whose streams were made here.
func (x *PipelineExtractor) made() []*Input {
	return slices.DeleteFunc(slices.Clone(x.Inputs), func(in *Input) bool { return in.Made == nil })
}

// addProducers lets producers put records into the streams that were made here, and makes the policy that they need
// beside. Where nobody is named, a warning says what to write.
func (x *PipelineExtractor) addProducers(who Access) {
	var streams, keys []string
	for _, in := range x.made() {
		in.producers.allowAccess(who)
		in.guests.allowForeign(who)
		streams, keys = append(streams, *in.Stream.StreamArn()), append(keys, *in.Made.KeyArn())
	}
	if streams == nil {
		return
	}
	name := x.Dataset.Name
	if len(who) == 0 {
		warnNobody(x.Node, "producer", "nobody may put records into the new stream of "+name+": name roles in datasets."+name+
			`.producers of the environment (props.Producers), or write "account", or call GrantPut`)
	}
	x.PutPolicy = x.host.newPeoplePolicy(x.Node, "PutPolicy", "Put-"+name, "put records of a dataset",
		putRights(streams, keys)...)
	addOutput(x.Node, "PutPolicy", *x.PutPolicy.ManagedPolicyArn(), "The managed policy for the roles of producers")
}

// putRights are what a producer's role may do with streams and their keys.
func putRights(streams, keys []string) []right {
	return []right{
		{sid: "PutRecords", actions: puts, on: streams},
		{sid: "EncryptRecords", actions: encrypts, when: equals("kms:EncryptionContext:aws:kinesis:arn", streams...),
			on: keys},
	}
}

// GrantPut lets a role, a user or an account put records into the streams that [NewStream] made, and encrypt them. It
// can be called any number of times, also for a role of another account: the streams then have a resource policy, and
// the owner of that account adds the statements of PutPolicy to the role.
//
// The keys' policies name the grantee. So its role is of the stack of the pipeline, or was imported by its ARN: a role
// of a stack that depends on this one would make the two depend on each other.
func (x *PipelineExtractor) GrantPut(producer awsiam.IGrantable) awsiam.Grant {
	acknowledgeSomebody(x.Node, "producer")
	var all awsiam.Grant
	for _, in := range x.made() {
		grant := grantBoth(producer, x.Node, in.producers, in.guests,
			putRights([]string{*in.Stream.StreamArn()}, []string{*in.Made.KeyArn()})...)
		if all != nil {
			grant = all.Combine(grant)
		}
		all = grant
	}
	if all == nil {
		awscdk.Annotations_Of(x.Node).AddError(str("GrantPut: no stream of " + x.Dataset.Name +
			" was made here: ask the owner of its source"))
		return awsiam.Grant_Drop(producer, str("no stream was made here"))
	}
	return all
}
