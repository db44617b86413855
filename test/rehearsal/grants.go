package rehearsal

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// grant is the inline policy of a function's role.
type grant struct {
	role, policy string
	document     string
}

// grantOf reads the policy of the role of a function in a stack, by the function's logical name.
func (d *deployment) grantOf(ctx context.Context, stack, function string) (g grant, err error) {
	if g.role, err = d.resource(ctx, stack, "AWS::IAM::Role", function+"Role"); err != nil {
		return g, err
	}
	client := iam.NewFromConfig(d.config())
	names, err := client.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &g.role})
	if err != nil {
		return g, err
	}
	if len(names.PolicyNames) != 1 {
		return g, fmt.Errorf("the role %s has the policies %v, want one", g.role, names.PolicyNames)
	}
	g.policy = names.PolicyNames[0]
	out, err := client.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &g.role, PolicyName: &g.policy})
	if err != nil {
		return g, err
	}
	g.document, err = url.PathUnescape(aws.ToString(out.PolicyDocument))
	return g, err
}

// without is the grant without one of its statements.
func (g grant) without(sid string) (grant, error) {
	var document map[string]any
	if err := json.Unmarshal([]byte(g.document), &document); err != nil {
		return g, err
	}
	statements, ok := document["Statement"].([]any)
	if !ok {
		return g, fmt.Errorf("the policy of %s has no list of statements: %s", g.role, g.document)
	}
	rest := slices.DeleteFunc(slices.Clone(statements), func(s any) bool {
		m, ok := s.(map[string]any)
		return ok && m["Sid"] == sid
	})
	if len(rest) != len(statements)-1 {
		return g, fmt.Errorf("the policy of %s has %d statements %s, want one", g.role, len(statements)-len(rest), sid)
	}
	document["Statement"] = rest
	b, err := json.Marshal(document)
	g.document = string(b)
	return g, err
}

// putGrant makes a grant the policy of its role.
func (d *deployment) putGrant(ctx context.Context, g grant) error {
	_, err := iam.NewFromConfig(d.config()).PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: &g.role, PolicyName: &g.policy, PolicyDocument: &g.document,
	})
	return err
}

// said waits until a function of a stack writes a text into its log group.
func (d *deployment) said(ctx context.Context, stack, function, text string) error {
	return await(ctx, patience, 200*time.Millisecond, func() error { return d.saidNow(ctx, stack, function, text) })
}

// saidNow asks whether a function of a stack has written a text into its log group.
func (d *deployment) saidNow(ctx context.Context, stack, function, text string) error {
	group, err := d.resource(ctx, stack, "AWS::Logs::LogGroup", function+"Logs")
	if err != nil {
		return err
	}
	client := cloudwatchlogs.NewFromConfig(d.config())
	out, err := client.FilterLogEvents(ctx, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &group,
		Limit: aws.Int32(10_000)})
	if err != nil {
		return err
	}
	var all []string
	for _, e := range out.Events {
		if strings.Contains(aws.ToString(e.Message), text) {
			return nil
		}
		all = append(all, aws.ToString(e.Message))
	}
	return fmt.Errorf("%s does not say %q but\n%s", group, text, tail(strings.Join(all, "\n"), 10))
}
