package constructs

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// DigitalTwinCoreAttributes are what pipelines need to know of a twin of another app, in the same account and region.
// The ARNs are outputs of the twin's stack, with the same names.
type DigitalTwinCoreAttributes struct {
	// Environment is the name of the twin's environment. Required.
	Environment string
	// Assets is the code of the functions, see [Build]. Required.
	Assets Assets
	// Arch is what Assets were built for. Default: Arm64.
	Arch Architecture

	// StreamARN is the twin stream, ChangesKeyARN its key. Required.
	StreamARN, ChangesKeyARN string
	// RejectsBucket is the name of the bucket of rejects, RejectsKeyARN its key. Required.
	RejectsBucket, RejectsKeyARN string
	// LogsKeyARN is the key of log groups. Required.
	LogsKeyARN string
	// CatalogueFunctionARN is the function that writes catalogue entries. Required.
	CatalogueFunctionARN string
	// TableARN is the table and ReadingsKeyARN its key, for GrantReadReadings. Default: that grant is an error.
	TableARN, ReadingsKeyARN string

	// Alarms makes alarms of the pipelines, which go to AlarmTopicARN. Default: none.
	Alarms *Alarms
	// AlarmTopicARN is the topic of the alarms; required with Alarms.
	AlarmTopicARN string

	// Retain keeps what the pipelines make and holds data. Default: everything goes with its stack.
	Retain bool
	// LogDays is how long logs are kept. Default: 30.
	LogDays int
	// Operators may start and stop applications of Flink. Default: nobody.
	Operators Access
	// Profile is what is paid for being fast. Default: Normal.
	Profile Profile
	// DeployRole and Qualifier are as in [DigitalTwinCoreProps].
	DeployRole, Qualifier string
}

// FromDigitalTwinCoreAttributes returns a twin of another app, so that pipelines of this one can be hooked onto it.
//
// The keys of that twin do not know the pipelines' roles: their ARNs, which are outputs of the pipelines' stacks, go
// into the Extractors of its props. Deploy a pipeline with Paused first, name its roles there, then take Paused out.
func FromDigitalTwinCoreAttributes(scope awsconstructs.Construct, id string,
	a DigitalTwinCoreAttributes) (IDigitalTwinCore, error) {
	if err := a.check(); err != nil {
		return nil, fmt.Errorf("constructs: FromDigitalTwinCoreAttributes %s: %w", id, err)
	}
	this := awsconstructs.NewConstruct(scope, &id)
	key := func(id, arn string) awskms.IKey { return awskms.Key_FromKeyArn(this, str(id), str(arn)) }
	changes, rejects := key("ChangesKey", a.ChangesKeyARN), key("RejectsKey", a.RejectsKeyARN)
	core := &importedCore{attributes: a, host: &host{
		node: this, environment: a.Environment, assets: a.Assets, arch: cmp.Or(a.Arch, Arm64), retain: a.Retain,
		logDays: cmp.Or(a.LogDays, 30), deployRole: a.DeployRole, qualifier: a.Qualifier, profile: cmp.Or(a.Profile, Normal),
		operators: a.Operators, alarms: a.Alarms,
		stream: awskinesis.Stream_FromStreamAttributes(this, str("Stream"), &awskinesis.StreamAttributes{
			StreamArn: str(a.StreamARN), EncryptionKey: changes,
		}),
		rejects: awss3.Bucket_FromBucketAttributes(this, str("Rejects"), &awss3.BucketAttributes{
			BucketName: str(a.RejectsBucket), EncryptionKey: rejects,
		}),
		logsKey: key("LogsKey", a.LogsKeyARN), catalogue: a.CatalogueFunctionARN,
		putChanges: &keyUse{key: changes, actions: encrypts}, putRejects: &keyUse{key: rejects, actions: encrypts},
		datasets: map[string]bool{},
	}}
	if a.Alarms != nil {
		core.topic = awssns.Topic_FromTopicArn(this, str("AlarmTopic"), str(a.AlarmTopicARN))
	}
	return core, nil
}

func (a *DigitalTwinCoreAttributes) check() error {
	var errs []error
	for _, f := range []struct{ name, value string }{
		{"Environment", a.Environment}, {"StreamARN", a.StreamARN}, {"ChangesKeyARN", a.ChangesKeyARN},
		{"RejectsBucket", a.RejectsBucket},
		{"RejectsKeyARN", a.RejectsKeyARN}, {"LogsKeyARN", a.LogsKeyARN}, {"CatalogueFunctionARN", a.CatalogueFunctionARN},
	} {
		if f.value == "" {
			errs = append(errs, fmt.Errorf("attributes.%s is required: it is an output of the twin's stack", f.name))
		}
	}
	if a.Assets == nil {
		errs = append(errs, errors.New("attributes.Assets is required: pass what constructs.Build returns"))
	}
	if (a.Alarms != nil) != (a.AlarmTopicARN != "") {
		errs = append(errs, errors.New("attributes.Alarms and AlarmTopicARN belong together: pass both, or neither"))
	}
	if (a.TableARN != "") != (a.ReadingsKeyARN != "") {
		errs = append(errs, errors.New("attributes.TableARN and ReadingsKeyARN belong together: pass both, or neither"))
	}
	return errors.Join(append(errs, a.Profile.check())...)
}

// importedCore is a twin of another app. Its grants are one side of a permission: whoever owns the twin names the
// grantee there.
type importedCore struct {
	*host
	attributes DigitalTwinCoreAttributes
}

func (c *importedCore) GrantConsumeChanges(grantee awsiam.IGrantable) awsiam.Grant {
	return grantBoth(grantee, c.node, nil, nil, changesRights(c.attributes.StreamARN, c.attributes.ChangesKeyARN)...)
}

func (c *importedCore) GrantReadReadings(grantee awsiam.IGrantable) awsiam.Grant {
	if c.attributes.TableARN == "" {
		awscdk.Annotations_Of(c.node).AddError(str("GrantReadReadings: pass TableARN and ReadingsKeyARN of the twin"))
		return awsiam.Grant_Drop(grantee, str("the table is not known"))
	}
	return grantBoth(grantee, c.node, nil, nil, readingsRights(c.attributes.TableARN, c.attributes.ReadingsKeyARN)...)
}

func (c *importedCore) GrantReadRejects(grantee awsiam.IGrantable) awsiam.Grant {
	return grantBoth(grantee, c.node, nil, nil, rejectsRights(*c.rejects.BucketArn(), c.attributes.RejectsKeyARN)...)
}
