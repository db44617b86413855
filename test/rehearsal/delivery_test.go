package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/railtwin/digitaltwin/test/cdkcli"
)

// The environments that are delivered to: one that goes with its stacks, and one whose data is retained.
const (
	oneEnvironment = "one"
	twoEnvironment = "two"
)

// commit is a checkout that is delivered by the command twin.
type commit struct {
	*rehearsal
	twin string // the program
	puts string // the URL that puts what is posted into the stream of its path
}

// Ensure that twin deliver takes a commit to two environments, lets a harmless change pass, stops what loses data or
// leaves a stack with a list, sees a function that is broken, and restores service: each by its exit status.
func TestDelivery(t *testing.T) {
	d := &commit{rehearsal: begin(t), twin: filepath.Join(t.TempDir(), "twin")}
	puts := httptest.NewServer(http.HandlerFunc(d.put))
	defer puts.Close()
	d.puts = puts.URL
	d.step("build twin, and bootstrap the account", func(ctx context.Context) error {
		build := exec.CommandContext(ctx, "go", "build", "-o", d.twin, "./cmd/twin")
		build.Dir = root
		out, err := build.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return inOrder(func() error { return d.bootstrap(ctx) }, func() error { return d.hire(ctx) })
	})
	d.step("deliver to two environments", func(ctx context.Context) error {
		return inOrder(
			d.configure, func() error { return d.succeeds(ctx, "synth") },
			func() error { return d.through(ctx, oneEnvironment) }, func() error { return d.through(ctx, twoEnvironment) },
		)
	})
	d.step("deliver a harmless change", func(ctx context.Context) error {
		return inOrder(
			d.renameMetric, d.raiseRevision,
			func() error { return d.succeeds(ctx, "synth") }, func() error { return d.through(ctx, oneEnvironment) },
		)
	})
	d.step("stop at the gate what loses data or leaves a stack", d.stopped)
	d.step("see a broken function, and go back", d.brokenDelivery)
}

// configure makes the environments.
func (d *commit) configure() error {
	file := filepath.Join(d.dir, "cdk.json")
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var config map[string]any
	if err := json.Unmarshal(b, &config); err != nil {
		return err
	}
	of := func(removal string, datasets settings) settings {
		return settings{"removal": removal, "logDays": 7, "canary": settings{"runners": []string{arnOf(runner)}},
			"datasets": datasets}
	}
	one, two := of("destroy", settings{"wagon_telemetry": settings{}}), of("retain", settings{})
	two["apiAccount"] = "shared"
	config["context"].(map[string]any)["environments"] = settings{oneEnvironment: one, twoEnvironment: two}
	if b, err = json.MarshalIndent(config, "", "  "); err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o644)
}

// deliver takes a step and returns its exit status and what it said.
func (d *commit) deliver(ctx context.Context, args ...string) (status int, said string, err error) {
	args = append([]string{"deliver"}, append(args, "--cdk", d.cdk, "--minutes", "0", "--synth-arg", "-c", "--synth-arg",
		"arch="+runtime.GOARCH)...)
	cmd := exec.CommandContext(ctx, d.twin, args...)
	cmd.Dir, cmd.Env = d.dir, append(append(d.environment(), cdkcli.Environment()...), "SSL_CERT_FILE="+d.cert.cert)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); ended {
		err = nil
	}
	return cmd.ProcessState.ExitCode(), out.String(), err
}

func (d *commit) succeeds(ctx context.Context, args ...string) error {
	status, said, err := d.deliver(ctx, args...)
	if err == nil && status != 0 {
		err = fmt.Errorf("twin deliver %s ends with %d:\n%s", strings.Join(args, " "), status, tail(said, 60))
	}
	return err
}

// fails takes a step that has to fail, with these words in what it says.
func (d *commit) fails(ctx context.Context, words []string, args ...string) error {
	status, said, err := d.deliver(ctx, args...)
	if err != nil {
		return err
	}
	if status != 1 {
		return fmt.Errorf("twin deliver %s ends with %d, want 1:\n%s", strings.Join(args, " "), status, tail(said, 60))
	}
	for _, w := range words {
		if !strings.Contains(said, w) {
			return fmt.Errorf("twin deliver %s does not say %q:\n%s", strings.Join(args, " "), w, tail(said, 60))
		}
	}
	return nil
}

// through takes the steps to an environment.
func (d *commit) through(ctx context.Context, environment string) error {
	for _, step := range []string{"gate", "deploy"} {
		if err := d.succeeds(ctx, step, environment); err != nil {
			return err
		}
	}
	args, err := d.smoke(ctx, environment)
	if err != nil {
		return err
	}
	return d.succeeds(ctx, args...)
}

// smoke are the arguments of the step smoke, by somebody who runs it.
func (d *commit) smoke(ctx context.Context, environment string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(d.dir, ".twin", "deliver", environment, "outputs.json"))
	if err != nil {
		return nil, err
	}
	d.outputs = nil
	if err := json.Unmarshal(b, &d.outputs); err != nil {
		return nil, err
	}
	core := "DigitalTwin-" + environment
	if err := errors.Join(d.attach(ctx, runner, core, "ReadPolicyCanary"),
		d.attach(ctx, runner, core+"-twin-canary", "PutPolicy")); err != nil {
		return nil, err
	}
	name, err := d.outputOf(core, "CanaryCredentials")
	if err != nil {
		return nil, err
	}
	stream, err := d.outputOf(core+"-twin-canary", "CanaryStreamArn")
	if err != nil {
		return nil, err
	}
	out, err := secretsmanager.NewFromConfig(d.people[runner].config).GetSecretValue(ctx,
		&secretsmanager.GetSecretValueInput{SecretId: &name})
	if err != nil {
		return nil, err
	}
	var credentials map[string]string
	if err := json.Unmarshal([]byte(aws.ToString(out.SecretString)), &credentials); err != nil {
		return nil, err
	}
	u, err := url.Parse(credentials["apiUrl"]) // the emulator serves it at another address
	if err != nil {
		return nil, err
	}
	api, _, _ := strings.Cut(u.Host, ".")
	credentials["apiUrl"] = d.url + "/restapis/" + api + "/" + strings.Split(u.Path+"/", "/")[1] + "/_user_request_"
	credentials["tokenUrl"] = d.url + "/oauth2/token"
	if b, err = json.Marshal(credentials); err != nil {
		return nil, err
	}
	file := filepath.Join(d.dir, "client-"+environment+".json")
	put := fmt.Sprintf(`python3 -c "import sys, urllib.request as u; u.urlopen('%s/?stream=%s', sys.stdin.buffer.read())"`,
		d.puts, url.QueryEscape(stream))
	return []string{"smoke", environment, "--credentials", file, "--put", put}, os.WriteFile(file, b, 0o600)
}

// put puts what is posted into a stream, as who runs the smoke.
func (d *commit) put(w http.ResponseWriter, r *http.Request) {
	record, err := io.ReadAll(r.Body)
	if err == nil {
		_, err = kinesis.NewFromConfig(d.people[runner].config).PutRecord(r.Context(), &kinesis.PutRecordInput{
			StreamARN: aws.String(r.FormValue("stream")), PartitionKey: aws.String("canary"), Data: record,
		})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// The stacks.
const (
	oneCore   = "DigitalTwin-" + oneEnvironment
	oneWagons = oneCore + "-wagon-telemetry"
	twoCore   = "DigitalTwin-" + twoEnvironment
)

// stopped makes changes that lose data or leave something. The gate has to stop each, and to list it; the last one,
// which loses no data, by what CloudFormation says of its change set.
func (d *commit) stopped(ctx context.Context) error {
	for _, c := range []struct {
		what, environment string
		change            func(e edited) error
		list              string
	}{
		{"a renamed table", oneEnvironment, func(e edited) error {
			id, err := e.id(oneEnvironment, "Twin/Table")
			if err != nil {
				return err
			}
			return e.replace(oneCore, `"`+id+`"`, `"Renamed"`, "/Twin/Table/Resource", "/Twin/Renamed/Resource")
		}, "one loses: DigitalTwin-one Twin/Table: "},
		{"a removed key", oneEnvironment, func(e edited) error {
			id, err := e.id(oneEnvironment, "Twin/RejectsKey")
			if err != nil {
				return err
			}
			return e.resources(oneCore, func(all map[string]any) { delete(all, id) })
		}, "one loses: DigitalTwin-one Twin/RejectsKey: "},
		{"retain is destroy", twoEnvironment, func(e edited) error {
			return e.replace(twoCore, `"DeletionPolicy": "RetainExceptOnCreate"`, `"DeletionPolicy": "Delete"`)
		}, "two unprotects: DigitalTwin-two Twin/Table: "},
		{"a removed dataset", oneEnvironment, func(e edited) error { return e.remove(oneWagons) },
			"one leaves: DigitalTwin-one-wagon-telemetry: the stack is not in the app any more"},
		{"a rule that goes", oneEnvironment, func(e edited) error {
			id, err := e.id(oneEnvironment, "Twin/Operate/Watch")
			if err != nil {
				return err
			}
			permission, err := e.id(oneEnvironment, "Twin/Operate/CalledWatch")
			if err != nil {
				return err
			}
			return e.resources(oneCore, func(all map[string]any) { delete(all, id); delete(all, permission) })
		}, "one destructive: DigitalTwin-one: AWS::Events::Rule "},
	} {
		e, err := d.edit("changed.out")
		if err != nil {
			return err
		}
		if err := c.change(e); err != nil {
			return fmt.Errorf("%s: %w", c.what, err)
		}
		if err := d.fails(ctx, []string{c.list}, "gate", c.environment, "--assembly", e.dir); err != nil {
			return fmt.Errorf("%s: %w", c.what, err)
		}
	}
	return nil
}

// brokenDelivery deploys a function that drops what it is given: the gate cannot see that, smoke does.
func (d *commit) brokenDelivery(ctx context.Context) error {
	var smoke []string
	var e edited
	return inOrder(
		func() (err error) { e, err = d.edit("broken.out"); return err },
		func() error {
			function, err := e.id(oneEnvironment, "Twin/Apply/Function")
			if err != nil {
				return err
			}
			binary, err := d.compileForgetful(ctx)
			if err != nil {
				return err
			}
			return e.code(oneCore, function, binary)
		},
		func() error { return d.succeeds(ctx, "gate", oneEnvironment, "--assembly", e.dir) },
		func() error { return d.succeeds(ctx, "deploy", oneEnvironment, "--assembly", e.dir) },
		func() (err error) { smoke, err = d.smoke(ctx, oneEnvironment); return err },
		func() error {
			return d.fails(ctx, []string{`"name":"canary","ok":false`}, append(smoke, "--wait", "5s")...)
		},
		func() error { return d.succeeds(ctx, "back", oneEnvironment) },
		func() error { return d.succeeds(ctx, smoke...) },
	)
}

// inOrder does one thing after the other, until one fails.
func inOrder(all ...func() error) error {
	for _, do := range all {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}
