package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/test/cdkcli"
	"github.com/railtwin/digitaltwin/test/lambda"
	"github.com/railtwin/digitaltwin/test/venv"
)

const root = "../.."

// rehearsal is the story so far.
type rehearsal struct {
	*deployment
	t        *testing.T
	consumer *consumer
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
	r.step("deploy the core and a dataset", r.firstDeployment)
	r.step("deploy again, which changes nothing", r.unchangedDeployment)
	r.step("log in", r.logIn)
	r.step("serve what the samples say", func(ctx context.Context) error {
		if err := r.put(ctx, "wagon_telemetry", samples("wagon_telemetry")...); err != nil {
			return err
		}
		return r.served(ctx, r.consumer, root, "wagon_telemetry")
	})
	r.step("keep what cannot be used", func(ctx context.Context) error {
		bad := []byte(`{"header":{"measuredAt":`)
		if err := r.put(ctx, "wagon_telemetry", bad); err != nil {
			return err
		}
		return r.rejected(ctx, bad)
	})
	r.step("refuse who may not read", r.refusals)
	r.step("answer 429 above a client's quota", r.quota)
	r.step("answer 429 above the rate", r.throttling)
	r.step("measure from record to reading", r.latency)
	r.step("miss every grant that is removed", r.leastPrivilege)
	r.step("deploy a changed SQL file and a second dataset", r.changedDeployment)
	r.step("notice a function that is broken", r.brokenFunction)
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
	c, err := newCheckout(root, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &rehearsal{t: t, deployment: &deployment{emulator: e, checkout: c, cdk: cdk}}
}

func (r *rehearsal) firstDeployment(ctx context.Context) error {
	if err := r.deploys("wagon_telemetry"); err != nil {
		return err
	}
	_, err := r.deploy(ctx)
	return err
}

func (r *rehearsal) unchangedDeployment(ctx context.Context) error {
	said, err := r.deploy(ctx)
	if err != nil {
		return err
	}
	if n := strings.Count(said, "(no changes)"); n != 2 {
		return fmt.Errorf("%d of 2 stacks are unchanged:\n%s", n, tail(said, 60))
	}
	return nil
}

// logIn logs the first client in, whose secret the outputs name.
func (r *rehearsal) logIn(ctx context.Context) error {
	name, err := r.output("MachineCredentials")
	if err != nil {
		return err
	}
	r.consumer, err = r.newConsumer(ctx, name)
	return err
}

// refusals asks without a token, with what is none, with one for something else, and for what there is not.
func (r *rehearsal) refusals(ctx context.Context) error {
	stranger, err := r.stranger(ctx)
	if err != nil {
		return err
	}
	anybody, forger, elsewhere, keyless := *r.consumer, *r.consumer, *r.consumer, *r.consumer
	anybody.token, anybody.key, keyless.key = "", "", ""
	forger.token = r.consumer.token[:len(r.consumer.token)-8] + "AAAAAAAA"
	elsewhere.base = strings.Replace(elsewhere.base, "/_user_request_", "x/_user_request_", 1)
	var errs []error
	for _, c := range []struct {
		who    *consumer
		name   string
		path   string
		status int
	}{
		{r.consumer, "the consumer", "/v1/datasets", http.StatusOK},
		{&anybody, "anybody", "/v1/health", http.StatusOK},
		{&anybody, "anybody", "/v1/datasets", http.StatusUnauthorized},
		{&forger, "a forger", "/v1/datasets", http.StatusUnauthorized},
		{stranger, "a client with another scope", "/v1/datasets", http.StatusUnauthorized},
		{&keyless, "a client without a key", "/v1/datasets", http.StatusForbidden},
		{&elsewhere, "the consumer", "/v1/datasets (of another stage)", http.StatusForbidden},
		{r.consumer, "the consumer", "/v1/nothing", http.StatusNotFound},
		{r.consumer, "the consumer", "/v1/components/wagon:0", http.StatusNotFound},
		{r.consumer, "the consumer", "/v1/readings?limit=x", http.StatusBadRequest},
	} {
		path, _, _ := strings.Cut(c.path, " ")
		a, err := c.who.get(ctx, path)
		if err != nil {
			return err
		}
		if a.status != c.status {
			errs = append(errs, fmt.Errorf("%s asks for %s: %s, want %d", c.name, c.path, a, c.status))
		}
		if kind := a.header.Get("Content-Type"); a.status >= 400 && c.who != &elsewhere && kind != "application/problem+json" {
			errs = append(errs, fmt.Errorf("%s asks for %s: the error is %s", c.name, c.path, kind))
		}
	}
	return errors.Join(errs...)
}

// stranger is a client of the user pool that may do something else than read the twin.
func (r *rehearsal) stranger(ctx context.Context) (*consumer, error) {
	pool, err := r.output("UserPoolId")
	if err != nil {
		return nil, err
	}
	client := cognitoidentityprovider.NewFromConfig(r.config())
	if _, err := client.CreateResourceServer(ctx, &cognitoidentityprovider.CreateResourceServerInput{
		UserPoolId: &pool, Identifier: aws.String("other"), Name: aws.String("other"),
		Scopes: []types.ResourceServerScopeType{{ScopeName: aws.String("read"), ScopeDescription: aws.String("Something else")}},
	}); err != nil {
		return nil, err
	}
	made, err := client.CreateUserPoolClient(ctx, &cognitoidentityprovider.CreateUserPoolClientInput{
		UserPoolId: &pool, ClientName: aws.String("stranger"), GenerateSecret: true,
		AllowedOAuthFlows: []types.OAuthFlowType{types.OAuthFlowTypeClientCredentials}, AllowedOAuthFlowsUserPoolClient: true,
		AllowedOAuthScopes: []string{"other/read"},
	})
	if err != nil {
		return nil, err
	}
	address, err := r.output("ApiUrl")
	if err != nil {
		return nil, err
	}
	return r.login(ctx, secret{
		ClientID: aws.ToString(made.UserPoolClient.ClientId), ClientSecret: aws.ToString(made.UserPoolClient.ClientSecret),
		Scope: "other/read", APIURL: address, APIKey: r.consumer.key,
	})
}

// quota asks more often than the one client may that has limits.
func (r *rehearsal) quota(ctx context.Context) error {
	name, err := r.resource(ctx, coreStack, "AWS::SecretsManager::Secret", "TwinClient"+visitor)
	if err != nil {
		return err
	}
	c, err := r.newConsumer(ctx, name)
	if err != nil {
		return err
	}
	for i := range daily + 1 {
		want := http.StatusOK
		if i == daily {
			want = http.StatusTooManyRequests
		}
		a, err := c.get(ctx, "/v1/datasets")
		if err != nil {
			return err
		}
		if a.status != want {
			return fmt.Errorf("call %d of the %d that are allowed a day: %s, want %d", i+1, daily, a, want)
		}
	}
	return nil
}

// throttling asks faster than the stage allows.
func (r *rehearsal) throttling(ctx context.Context) error {
	var mu sync.Mutex
	statuses := map[int]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 4 * burst / 8 {
				a, err := r.consumer.get(ctx, "/v1/health")
				mu.Lock()
				if err != nil {
					a.status = 0
				}
				statuses[a.status]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if statuses[http.StatusTooManyRequests] == 0 || statuses[http.StatusOK] == 0 || len(statuses) != 2 {
		return fmt.Errorf("%d calls at once, at %d a second, have the statuses %v, want some 200 and some 429", 4*burst, rate, statuses)
	}
	time.Sleep(2 * time.Second) // for the steps that follow
	return nil
}

// bar is what 95 of 100 records may take to become readings.
const bar = 3 * time.Second

// latency measures the time from a record in the source stream to its reading in the API, one record after the other.
func (r *rehearsal) latency(ctx context.Context) error {
	var all []time.Duration
	for i := range 30 {
		took, err := r.arrives(ctx, r.consumer, "1", "speed", float64(i), patience)
		if err != nil {
			return err
		}
		all = append(all, took)
	}
	p50, p95 := percentile(all, 0.5), percentile(all, 0.95)
	windows, err := r.windows(ctx)
	if err != nil {
		return err
	}
	waiting := lambda.Waiting(0.95, windows...)
	r.t.Logf("from record to reading, %d records: work p50 %.2f s, p95 %.2f s; AWS adds waiting, p95 %.2f s; in all %.2f s, the bar is %.2f s",
		len(all), p50.Seconds(), p95.Seconds(), waiting.Seconds(), (p95 + waiting).Seconds(), bar.Seconds())
	if p95+waiting > 5*bar { // this machine may be busy, but not that busy
		return fmt.Errorf("the p95 from record to reading is %s", p95+waiting)
	}
	return nil
}

// leastPrivilege takes one statement after the other from the functions' roles, sees each missed, and puts it back.
func (r *rehearsal) leastPrivilege(ctx context.Context) error {
	dataset := stackOf("wagon_telemetry")
	for i, c := range []struct{ stack, function, sid string }{
		{dataset, "PipelineExtract", "PutChanges"},
		{coreStack, "TwinApply", "WriteReadings"},
		{coreStack, "TwinQuery", "ReadReadings"},
	} {
		if err := r.missed(ctx, c.stack, c.function, c.sid, fmt.Sprint("2-", i)); err != nil {
			return fmt.Errorf("%s of %s: %w", c.sid, c.function, err)
		}
	}
	return nil
}

func (r *rehearsal) missed(ctx context.Context, stack, function, sid, wagon string) error {
	whole, err := r.grantOf(ctx, stack, function)
	if err != nil {
		return err
	}
	part, err := whole.without(sid)
	if err != nil {
		return err
	}
	if err := r.putGrant(ctx, part); err != nil {
		return err
	}
	if took, err := r.arrives(ctx, r.consumer, wagon, "speed", 50, 3*time.Second); err == nil {
		return fmt.Errorf("it is not missed: a reading arrives after %s", took)
	}
	if err := r.said(ctx, stack, function, "AccessDenied"); err != nil {
		return err
	}
	if err := r.putGrant(ctx, whole); err != nil {
		return err
	}
	// The emulator takes what a function reports as unfinished for finished, so the record is put once more.
	_, err = r.arrives(ctx, r.consumer, wagon, "speed", 60, patience)
	return err
}

// changedDeployment renames a metric and adds a dataset, and sees both in the readings and in the catalogue.
func (r *rehearsal) changedDeployment(ctx context.Context) error {
	before, err := r.catalogued(ctx, "wagon_telemetry")
	if err != nil {
		return err
	}
	if err := r.replace(filepath.Join("extractors", "wagon_telemetry.sql"), "SELECT component, 'speed', ", "SELECT component, 'velocity', "); err != nil {
		return err
	}
	if err := r.deploys("wagon_telemetry", "hsl_hfp"); err != nil {
		return err
	}
	if _, err := r.deploy(ctx); err != nil {
		return err
	}
	after, err := r.catalogued(ctx, "wagon_telemetry")
	if err != nil {
		return err
	}
	if after.Extractor == before.Extractor || after.has("speed") || !after.has("velocity") || !before.has("speed") {
		return fmt.Errorf("the catalogue does not tell of the new file:\n%+v\n%+v", before, after)
	}
	if _, err := r.arrives(ctx, r.consumer, "1", "velocity", 77, patience); err != nil {
		return err
	}
	changed, err := r.consumer.reading(ctx, "wagon:1", "velocity")
	if err != nil {
		return err
	}
	if changed.Source == nil || changed.Source.Extractor != after.Extractor {
		return fmt.Errorf("the reading's lineage is %+v, the catalogue's extractor %s", changed.Source, after.Extractor)
	}
	if err := r.put(ctx, "hsl_hfp", samples("hsl_hfp")...); err != nil {
		return err
	}
	return r.served(ctx, r.consumer, root, "hsl_hfp")
}

// entry is a dataset in the catalogue.
type entry struct {
	Extractor string
	Metrics   []struct{ Metric string }
}

func (e entry) has(metric string) bool {
	for _, m := range e.Metrics {
		if m.Metric == metric {
			return true
		}
	}
	return false
}

func (r *rehearsal) catalogued(ctx context.Context, dataset string) (e entry, err error) {
	a, err := r.consumer.get(ctx, "/v1/datasets/"+dataset)
	if err != nil {
		return e, err
	}
	return e, a.json(&e)
}

// end destroys everything while the bucket holds rejects, which a bucket must not do that is deleted.
func (r *rehearsal) end(ctx context.Context) error {
	name, err := r.output("RejectsBucket")
	if err != nil {
		return err
	}
	list, err := s3.NewFromConfig(r.config(), pathStyle).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &name})
	if err != nil {
		return err
	}
	if len(list.Contents) == 0 {
		return fmt.Errorf("the bucket %s is empty, so nothing is seen of its emptying", name)
	}
	return r.destroy(ctx)
}

// brokenFunction puts a function in its place that drops what it is given, and sees the check fail by which the other
// steps see that readings arrive.
func (r *rehearsal) brokenFunction(ctx context.Context) error {
	if err := r.breakFunction(ctx, coreStack, "TwinApply"); err != nil {
		return err
	}
	_, err := r.arrives(ctx, r.consumer, "1", "velocity", 88, 5*time.Second)
	if err == nil || !strings.Contains(err.Error(), "the velocity of wagon:1 is 77.0, want 88") {
		return fmt.Errorf("the check finds nothing wrong with a function that drops everything: %w", err)
	}
	return nil
}
