package rehearsal

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// person is somebody with a role of the account, which no stack makes.
type person struct {
	name   string
	config aws.Config // acts as the role
}

// people are those of the rehearsal, by their names. The settings name all of them but the administrator, who has every
// right that a policy of a role can give.
type people map[string]person

const administrator = "administrator"

// arnOf is the role of a person.
func arnOf(name string) string { return "arn:aws:iam::" + account + ":role/people/" + name }

// runner is the name of who runs twin smoke.
const runner = "runner"

// producers may put records into a new stream.
var producers = []string{arnOf("producer")}

// hire makes the roles of people, without any right but the administrator's, and acts as each.
func (d *deployment) hire(ctx context.Context) error {
	d.people = people{}
	client := iam.NewFromConfig(d.config())
	for _, name := range []string{"producer", "consumer", visitor, "operator", runner, administrator} {
		trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},`+
			`"Action":"sts:AssumeRole"}]}`, account)
		_, err := client.CreateRole(ctx, &iam.CreateRoleInput{
			RoleName: &name, Path: aws.String("/people/"), AssumeRolePolicyDocument: &trust,
		})
		// The client repeats a call whose answer was lost.
		if _, repeated := errors.AsType[*types.EntityAlreadyExistsException](err); err != nil && !repeated {
			return err
		}
		arn := arnOf(name)
		session, err := sts.NewFromConfig(d.config()).AssumeRole(ctx,
			&sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: &name})
		if err != nil {
			return err
		}
		config, c := d.config(), session.Credentials
		config.Credentials = credentials.NewStaticCredentialsProvider(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)
		d.people[name] = person{name, config}
	}
	_, err := client.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: aws.String(administrator), PolicyName: aws.String("Everything"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`),
	})
	return err
}

// attach gives a person's role the managed policy that an output of a stack names.
func (d *deployment) attach(ctx context.Context, name, stack, output string) error {
	policy, err := d.outputOf(stack, output)
	if err != nil {
		return err
	}
	_, err = iam.NewFromConfig(d.config()).AttachRolePolicy(ctx,
		&iam.AttachRolePolicyInput{RoleName: &name, PolicyArn: &policy})
	return err
}
