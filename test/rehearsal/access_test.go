package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// plannerMay begins the components that a planner may read.
const plannerMay = "wagon:31-80"

// grant writes the file of grants, in which the map server may read one dataset. Nobody but people of the group
// operators may operate.
func (c checkout) grant(dataset string) error {
	text := fmt.Sprintf(`{ "grants": [
  { "who": ["client:machine", "client:visitor"], "read": { "datasets": "*" } },
  { "who": "client:map", "read": { "datasets": %q } },
  { "who": "group:fleet", "read": { "datasets": "wagon_telemetry", "components": "%s*" } },
  { "who": "group:operators", "read": { "datasets": "*" }, "operate": { "datasets": "*" } }
] }`, dataset, plannerMay)
	return os.WriteFile(filepath.Join(c.dir, accessFile), []byte(text), 0o644)
}

// peopleSignIn sees a person read what the grants of the person's group say, operate nothing, and nobody sign in with a
// code that is another's.
func (r *rehearsal) peopleSignIn(ctx context.Context) error {
	if err := errors.Join(r.invite(ctx, planner), r.invite(ctx, operator)); err != nil {
		return err
	}
	if _, err := r.signIn(ctx, planner, "openid twin/read", true); err == nil || !strings.Contains(err.Error(), "400") {
		return fmt.Errorf("a code without its verifier: %w, want it refused", err)
	}
	ann, err := r.signIn(ctx, planner, "openid twin/read twin/operate", false)
	if err != nil {
		return err
	}
	all, err := r.consumer.readings(ctx, "wagon_telemetry")
	if err != nil {
		return err
	}
	hers, err := ann.readings(ctx, "wagon_telemetry")
	if err != nil {
		return err
	}
	may := map[[2]string]bool{}
	for _, got := range all {
		if strings.HasPrefix(got.Component, plannerMay) {
			may[[2]string{got.Component, got.Metric}] = true
		}
	}
	for _, got := range hers {
		if !may[[2]string{got.Component, got.Metric}] {
			return fmt.Errorf("the planner reads %s %s", got.Component, got.Metric)
		}
	}
	if len(hers) != len(may) || len(may) == 0 || len(may) == len(all) {
		return fmt.Errorf("the planner reads %d of %d readings, want %d", len(hers), len(all), len(may))
	}
	// The scope is not enough: it needs a grant too.
	a, err := ann.post(ctx, "/v1/operations", `{"kind":"pause","dataset":"wagon_telemetry"}`)
	if err != nil || a.status != http.StatusForbidden || !strings.Contains(string(a.body), "not-granted") {
		return fmt.Errorf("the planner pauses a dataset: %s, %w", a, err)
	}
	r.operator, err = r.signIn(ctx, operator, "openid twin/read twin/operate", false)
	return err
}

// mapReads sees which dataset the map server may read, and that the other one is not there for it.
func (r *rehearsal) mapReads(ctx context.Context, may, mayNot string) error {
	if r.mapServer == nil {
		name, err := r.resource(ctx, coreStack, "AWS::SecretsManager::Secret", "TwinClientmap")
		if err != nil {
			return err
		}
		if r.mapServer, err = r.newConsumer(ctx, "consumer", name); err != nil {
			return err
		}
	}
	for path, want := range map[string]int{
		"/v1/datasets/" + may: 200, "/v1/readings?dataset=" + may: 200,
		"/v1/datasets/" + mayNot: 404, "/v1/readings?dataset=" + mayNot: 404,
	} {
		a, err := r.mapServer.get(ctx, path)
		if err != nil || a.status != want {
			return fmt.Errorf("the map server asks for %s: %s, %w, want %d", path, a, err, want)
		}
	}
	a, err := r.mapServer.get(ctx, "/v1/datasets")
	if err != nil || strings.Contains(string(a.body), mayNot) || !strings.Contains(string(a.body), may) {
		return fmt.Errorf("the catalogue of the map server: %s, %w", a, err)
	}
	return nil
}
