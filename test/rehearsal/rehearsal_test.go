package rehearsal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/test/cdkcli"
	"github.com/railtwin/digitaltwin/test/venv"
)

const root = "../.."

// shared is a folder for what the tests build: the functions are linked once for all of them.
var shared string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if shared, err = os.MkdirTemp("", "rehearsal-"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() { _ = os.RemoveAll(shared) }()
		return m.Run()
	}())
}

// rehearsal is the story so far.
type rehearsal struct {
	*deployment
	t        *testing.T
	consumer *consumer

	mapServer *consumer // a client that may read one dataset
	operator  *consumer // a person who may operate

	forgetting run // which outlives many steps
}

// step does the next step. Where it fails, the story ends.
func (r *rehearsal) step(name string, do func(context.Context) error) {
	r.t.Helper()
	start := time.Now()
	if err := do(r.t.Context()); err != nil {
		r.t.Fatalf("%s: %v\n\nthe emulator and the functions said last:\n%s", name, err, r.log(80))
	}
	r.t.Logf("%-60s %5.1f s", name, time.Since(start).Seconds())
}

// Ensure that the app can be deployed, used, changed and destroyed, with the permissions that it has and no fewer.
func TestRehearsal(t *testing.T) {
	r := begin(t)
	r.step("bootstrap the account", r.bootstrap)
	r.step("have a bucket and a role of others", r.newLake)
	r.step("make roles for people", r.hire)
	r.step("deploy the core and a dataset", r.firstDeployment)
	r.step("deploy again, which changes nothing", r.unchangedDeployment)
	r.step("refuse roles without a policy", r.unattached)
	r.step("attach the policies to the roles", r.admit)
	r.step("log in", r.logIn)
	r.step("serve what the samples say", func(ctx context.Context) error {
		if err := r.put(ctx, "wagon_telemetry", extractors.Records("wagon_telemetry")...); err != nil {
			return err
		}
		return r.served(ctx, r.consumer, root, "wagon_telemetry")
	})
	r.step("sign people in, who read and operate what they are granted", r.peopleSignIn)
	r.step("let a client read the dataset that it is granted", func(ctx context.Context) error {
		return r.mapReads(ctx, "wagon_telemetry", "hsl_hfp")
	})
	r.step("keep what cannot be used", func(ctx context.Context) error {
		bad := []byte(`{"header":{"measuredAt":`)
		if err := r.put(ctx, "wagon_telemetry", bad); err != nil {
			return err
		}
		return r.rejected(ctx, bad)
	})
	r.step("let people do their work, and nothing beyond it", r.oneStepBeyond)
	r.step("rotate the secret of a client", r.rotates)
	r.step("refuse who may not read", r.refusals)
	r.step("answer 429 above a client's quota", r.quota)
	r.step("answer 429 above the rate", r.throttling)
	r.step("measure from record to reading", r.latency)
	r.step("miss every grant that is removed", r.leastPrivilege)
	r.step("deploy a changed SQL file and two more datasets", r.changedDeployment)
	r.step("follow the grants that were changed", func(ctx context.Context) error {
		return r.mapReads(ctx, "hsl_hfp", "wagon_telemetry")
	})
	r.step("read objects", r.objects)
	r.step("miss the grant to read objects", r.leastPrivilegeOfObjects)
	r.step("extract on the way through a delivery stream", r.directPuts)
	r.step("read again from where start says, and switch a dataset off", r.changedStart)
	r.step("forget a component", r.forgets)
	r.step("remove the dataset that is off, and mend a mistake", r.removedDataset)
	r.step("replay the rejects of the mistake, and pause", r.operates)
	r.step("keep it forgotten while its producer sends old records", r.staysForgotten)
	r.step("notice a function that is broken", r.brokenFunction)
	r.step("end the run that forgets", r.endForgetting)
	r.step("destroy, with rejects in the bucket", r.end)
	r.step("leave nothing", func(ctx context.Context) error {
		left, err := r.leftovers(ctx)
		if err == nil && len(left) > 0 {
			err = fmt.Errorf("left: %s", strings.Join(left, ", "))
		}
		return err
	})
}

// begin starts an emulator and copies the repository.
func begin(t *testing.T) *rehearsal {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the rehearsal runs the functions, which are Linux binaries, as processes")
	}
	cdk := cdkcli.Install(t, root)
	python := venv.Python(t, filepath.Join("testdata", "ministack.txt"))
	e, err := startEmulator(t.Context(), python, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.stop)
	c, err := newCheckout(root, t.TempDir(), shared)
	if err != nil {
		t.Fatal(err)
	}
	return &rehearsal{t: t, deployment: &deployment{emulator: e, checkout: c, cdk: cdk}}
}
