package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/railtwin/digitaltwin/test/cdkcli"
)

// deployment is what the CDK's command line makes of a checkout in the emulator's account.
type deployment struct {
	*emulator
	checkout
	cdk     string                       // the command line
	people  people                       // with roles of the account
	outputs map[string]map[string]string // of each stack, by their names
}

// config is that of the account's administrator.
func (d *deployment) config() aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(d.url), HTTPClient: d.client,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
}

// run runs the command line in the checkout, where cdk.json says how the app is started.
func (d *deployment) run(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, d.cdk, args...)
	cmd.Dir = d.dir
	cmd.Env = append(d.environment(), cdkcli.Environment()...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		return output.String(), fmt.Errorf("cdk %s: %w\n%s", strings.Join(args, " "), err, tail(output.String(), 60))
	}
	return output.String(), nil
}

// bootstrap makes what the CDK needs in an account: a bucket for assets, and roles.
func (d *deployment) bootstrap(ctx context.Context) error {
	_, err := d.run(ctx, "bootstrap", "aws://"+account+"/"+region, "--app", "")
	return err
}

// deploy builds the functions for this machine and deploys everything. It returns what the command line said.
func (d *deployment) deploy(ctx context.Context) (string, error) {
	file := filepath.Join(d.dir, "outputs.json")
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	said, err := d.run(ctx, "deploy", "--all", "-c", "arch="+runtime.GOARCH, "--require-approval", "never",
		"--concurrency", "4", "--outputs-file", file)
	if err != nil {
		return said, err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return said, err
	}
	d.outputs = nil
	return said, json.Unmarshal(b, &d.outputs)
}

// destroy removes all stacks of the app that was synthesized last.
func (d *deployment) destroy(ctx context.Context) error {
	_, err := d.run(ctx, "destroy", "--all", "--force", "--app", "cdk.out")
	return err
}

// output is the output of the core's stack with a name.
func (d *deployment) output(name string) (string, error) { return d.outputOf(coreStack, name) }

// outputOf is the output of a stack with a name.
func (d *deployment) outputOf(stack, name string) (string, error) {
	if value, ok := d.outputs[stack][name]; ok {
		return value, nil
	}
	return "", fmt.Errorf("the stack %s has no output %s", stack, name)
}

// resource is the physical name of a resource of a stack, whose logical name begins so.
func (d *deployment) resource(ctx context.Context, stack, kind, logical string) (string, error) {
	pages := cloudformation.NewListStackResourcesPaginator(cloudformation.NewFromConfig(d.config()),
		&cloudformation.ListStackResourcesInput{StackName: aws.String(stack)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", err
		}
		for _, r := range page.StackResourceSummaries {
			if aws.ToString(r.ResourceType) == kind && strings.HasPrefix(aws.ToString(r.LogicalResourceId), logical) {
				return aws.ToString(r.PhysicalResourceId), nil
			}
		}
	}
	return "", fmt.Errorf("the stack %s has no %s %s", stack, kind, logical)
}

// windows are the batching windows of the mappings that are deployed: of the dataset's and of the core's.
func (d *deployment) windows(ctx context.Context) (all []time.Duration, err error) {
	out, err := lambda.NewFromConfig(d.config()).ListEventSourceMappings(ctx, &lambda.ListEventSourceMappingsInput{})
	if err != nil {
		return nil, err
	}
	for _, m := range out.EventSourceMappings {
		all = append(all, time.Duration(aws.ToInt32(m.MaximumBatchingWindowInSeconds))*time.Second)
	}
	return all, nil
}

// The names of the stacks.
const coreStack = "DigitalTwin-" + environment

func stackOf(dataset string) string { return coreStack + "-" + strings.ReplaceAll(dataset, "_", "-") }
