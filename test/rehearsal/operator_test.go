package rehearsal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// The mistake of an engineer: cargo has temperatures that are no 32-bit integers. Whoever mends it raises the revision,
// so that the corrected readings win.
const (
	cargoTemperature       = 3_000_000_000.5
	rightCargo, wrongCargo = "cargo      ROW<tempC DOUBLE>", "cargo      ROW<tempC INT>"
)

// mistaken puts a record that the mistake makes a reject.
func (r *rehearsal) mistaken(ctx context.Context) error {
	record := fmt.Appendf(nil, `{"header":{"measuredAt":%q},"wagon":{"id":"1"},"cargo":{"tempC":%.1f}}`,
		time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), cargoTemperature)
	if err := r.put(ctx, "wagon_telemetry", record); err != nil {
		return err
	}
	return r.rejected(ctx, record)
}

// operates lets an operator mend what the mistake did, once it is out of the SQL, by a replay of the rejects, and
// pauses the dataset. A client that only reads may do none of it. Reading the source again is not here: the emulator
// refuses the role that it takes.
func (r *rehearsal) operates(ctx context.Context) error {
	if a, err := r.consumer.post(ctx, "/v1/operations", `{"kind":"pause","dataset":"wagon_telemetry"}`); err != nil ||
		a.status != http.StatusUnauthorized && a.status != http.StatusForbidden {
		return fmt.Errorf("a client that reads is answered %s: %w", a, err)
	}
	if err := r.shows(ctx, r.consumer, "wagon:1", "cargo.temperature", cargoTemperature); err == nil {
		return errors.New("the reading is there before the replay")
	}
	since := time.Now().Add(-2 * time.Hour).UTC().Format(time.RFC3339)
	if run, err := r.run(ctx, `{"kind":"replay","dataset":"wagon_telemetry","from":"`+since+`"}`); err != nil ||
		run.Counts.Passed == 0 || run.Counts.Changes == 0 {
		return fmt.Errorf("the dry run of a replay: %+v, %w", run, err)
	}
	if run, err := r.run(ctx, `{"kind":"replay","dataset":"wagon_telemetry","dryRun":false,"rate":10000,"from":"`+since+
		`"}`); err != nil || run.Counts.Passed == 0 {
		return fmt.Errorf("the replay: %+v, %w", run, err)
	}
	if err := await(ctx, patience, 500*time.Millisecond, func() error {
		return r.shows(ctx, r.consumer, "wagon:1", "cargo.temperature", cargoTemperature)
	}); err != nil {
		return err
	}
	return r.pauses(ctx)
}

// pauses stops the trigger of a dataset and starts it again.
func (r *rehearsal) pauses(ctx context.Context) error {
	for _, kind := range []string{"pause", "resume"} {
		if _, err := r.run(ctx, `{"kind":"`+kind+`","dataset":"wagon_telemetry","dryRun":false}`); err != nil {
			return err
		}
		trigger, err := r.extractTrigger(ctx)
		if err != nil {
			return err
		}
		if state := *trigger.State; (kind == "pause") != strings.HasPrefix(state, "Disabl") {
			return fmt.Errorf("after %s the trigger is %s", kind, state)
		}
	}
	return nil
}

// forgotten is a component whose producer does not stop sending old records.
const forgotten = "9"

func (r *rehearsal) old(ctx context.Context) error {
	return r.put(ctx, "wagon_telemetry", speed(forgotten, 9,
		time.Now().Add(-time.Minute).UTC().Format("2006-01-02T15:04:05.000Z")))
}

// forgets begins to forget the component. It takes minutes until nothing of it is stored; from the first on nothing of
// it is served.
func (r *rehearsal) forgets(ctx context.Context) error {
	if err := r.old(ctx); err != nil {
		return err
	}
	if err := await(ctx, patience, 200*time.Millisecond,
		func() error { return r.shows(ctx, r.consumer, "wagon:"+forgotten, "velocity", 9) }); err != nil {
		return err
	}
	a, err := r.operator.post(ctx, "/v1/operations", `{"kind":"forget","component":"wagon:`+forgotten+`","dryRun":false}`)
	if err != nil || a.status != http.StatusAccepted {
		return fmt.Errorf("%s: %w", a, err)
	}
	return json.Unmarshal(a.body, &r.forgetting)
}

// endForgetting cancels the run that forgets, which waits until nobody uses an older list of what is forgotten. What is
// forgotten stays so.
func (r *rehearsal) endForgetting(ctx context.Context) error {
	path := "/v1/operations/" + r.forgetting.ID
	a, err := r.operator.ask(ctx, http.MethodDelete, path, "")
	if err != nil || a.status != http.StatusAccepted {
		return fmt.Errorf("cancelling it: %s, %w", a, err)
	}
	return await(ctx, patience, 300*time.Millisecond, func() error {
		a, err := r.operator.get(ctx, path)
		if err == nil {
			err = a.json(&r.forgetting)
		}
		if err == nil && r.forgetting.State != "cancelled" && r.forgetting.State != "done" {
			err = fmt.Errorf("the run is at %+v", r.forgetting)
		}
		return err
	})
}

// staysForgotten sees that old records do not bring the component back, some time after it was forgotten.
func (r *rehearsal) staysForgotten(ctx context.Context) error {
	gone := func() error {
		a, err := r.consumer.reading(ctx, "wagon:"+forgotten, "velocity")
		if err == nil && a != nil {
			err = fmt.Errorf("wagon:%s still has a velocity: %+v", forgotten, a)
		}
		return err
	}
	if err := await(ctx, patience, time.Second, gone); err != nil {
		return err
	}
	if err := r.old(ctx); err != nil {
		return err
	}
	if _, err := r.arrives(ctx, r.consumer, "1", "velocity", 79); err != nil { // which comes after it
		return err
	}
	return gone()
}

// run is a run, as the API says it.
type run struct {
	ID, State, Error string
	Counts           struct{ Passed, Changes, Records int }
}

// run asks for a run and waits for its end.
func (r *rehearsal) run(ctx context.Context, request string) (of run, err error) {
	a, err := r.operator.post(ctx, "/v1/operations", request)
	if err != nil {
		return of, err
	}
	if a.status != http.StatusAccepted {
		return of, fmt.Errorf("%s: answered %s", request, a)
	}
	if err := json.Unmarshal(a.body, &of); err != nil {
		return of, err
	}
	err = await(ctx, patience, 300*time.Millisecond, func() error {
		a, err := r.operator.get(ctx, "/v1/operations/"+of.ID)
		if err == nil {
			err = a.json(&of)
		}
		if err == nil && of.State == "running" {
			err = fmt.Errorf("%s: the run is at %+v", request, of)
		}
		return err
	})
	if err == nil && of.State != "done" {
		err = fmt.Errorf("%s: the run ends as %s: %s", request, of.State, of.Error)
	}
	return of, err
}

// rotates lets the operator replace the secret of the consumer, who goes on with the old one and finds the new one.
func (r *rehearsal) rotates(ctx context.Context) error {
	function, err1 := r.output(wiring.OutputRotate)
	name, err2 := r.output(wiring.OutputCredentials("machine"))
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	before, err := r.secretOf(ctx, "consumer", name)
	if err != nil {
		return err
	}
	event, err := json.Marshal(wiring.RotateEvent{Rotation: wiring.Rotation{Secret: name, Now: true}})
	if err != nil {
		return err
	}
	out, err := lambda.NewFromConfig(r.people["operator"].config).Invoke(ctx,
		&lambda.InvokeInput{FunctionName: &function, Payload: event})
	if err != nil {
		return err
	}
	var done wiring.Rotated
	if err := json.Unmarshal(out.Payload, &done); err != nil || !done.Rotated || done.OldEnds == nil {
		return fmt.Errorf("the function answers %s", out.Payload)
	}
	after, err := r.secretOf(ctx, "consumer", name)
	if err != nil {
		return err
	}
	if after.ClientSecret == before.ClientSecret || after.APIURL != before.APIURL || after.APIKey != before.APIKey {
		return errors.New("the secret is not replaced, or more than it")
	}
	if _, err := r.login(ctx, before); err != nil {
		return fmt.Errorf("with the old secret: %w", err)
	}
	r.consumer, err = r.login(ctx, after)
	return err
}
