package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
)

// slow is a table whose upgrade does an item every time it is asked, until the context ends.
type slow struct {
	items, downgrades int
	err               error
}

func (s *slow) BeginUpgrade(_ context.Context, tidy bool) (dynamo.Upgrade, error) {
	return dynamo.Upgrade{Tidy: tidy, NotBefore: time.Now().Add(time.Millisecond)}, s.err
}

func (s *slow) Upgrade(ctx context.Context, u *dynamo.Upgrade) error {
	if u.Items++; u.Items < s.items {
		<-ctx.Done()
		return ctx.Err()
	}
	u.Done = true
	return nil
}

func (s *slow) Downgrade(context.Context) error { s.downgrades++; return s.err }

// Ensure that a deployment upgrades the table, that its end lets the version before write again, and that faults are
// reported, but not at the end of a table that is gone.
func TestLifeOfATable(t *testing.T) {
	s := &slow{}
	u := &upgrader{s}
	for _, kind := range []cfn.RequestType{cfn.RequestCreate, cfn.RequestUpdate, cfn.RequestDelete} {
		if id, _, err := u.handle(t.Context(), cfn.Event{RequestType: kind,
			PhysicalResourceID: physicalID}); id != physicalID || err != nil {
			t.Errorf("%s: %s, %v", kind, id, err)
		}
	}
	if s.downgrades != 1 {
		t.Errorf("%d downgrades", s.downgrades)
	}
	s.err = errors.New("AccessDenied")
	for _, kind := range []cfn.RequestType{cfn.RequestCreate, cfn.RequestDelete, "Move"} {
		if _, _, err := u.handle(t.Context(), cfn.Event{RequestType: kind}); err == nil {
			t.Errorf("%s succeeds", kind)
		}
	}
	s.err = &types.ResourceNotFoundException{}
	if _, _, err := u.handle(t.Context(), cfn.Event{RequestType: cfn.RequestDelete}); err != nil {
		t.Error(err)
	}
}

// Ensure that an upgrade that takes longer than the function may is answered in time, and goes on with what was
// answered.
func TestGoesOn(t *testing.T) {
	u := &upgrader{&slow{items: 3}}
	event := json.RawMessage(`{"Tidy":true}`)
	for n := 1; n <= 3; n++ {
		ctx, cancel := context.WithTimeout(t.Context(), answerReserve+50*time.Millisecond)
		defer cancel()
		answer, err := u.invoke(ctx, event)
		state, _ := answer.(dynamo.Upgrade)
		if err != nil || state.Items != n || state.Done != (n == 3) || !state.Tidy {
			t.Fatalf("%d: %+v, %v", n, answer, err)
		}
		if event, err = json.Marshal(answer); err != nil {
			t.Fatal(err)
		}
	}
	for _, event := range []string{``, `7`, `{"Tidy":1}`, `{"RequestType":"Create","ResourceProperties":7}`} {
		if _, err := u.invoke(t.Context(), json.RawMessage(event)); err == nil ||
			!strings.HasPrefix(err.Error(), "upgrade: ") {
			t.Errorf("%q: %v", event, err)
		}
	}
}

// Ensure that CloudFormation hears that a new table is ready, at once, and that something can be forgotten then.
func TestNewTable(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	if err := dynamo.CreateTable(t.Context(), client, "twin"); err != nil {
		t.Fatal(err)
	}
	s := dynamo.New(client, "twin", &dynamo.Options{ForgetWait: -1})
	if err := s.Downgrade(t.Context()); err != nil {
		t.Fatal(err)
	}
	var heard []byte
	cloudFormation := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		heard,
			_ = io.ReadAll(r.Body)
	}))
	defer cloudFormation.Close()
	event := `{"RequestType":"Create","RequestId":"r","StackId":"s","LogicalResourceId":"l","ResponseURL":"` +
		cloudFormation.URL + `"}`
	if _, err := (&upgrader{s}).invoke(t.Context(), json.RawMessage(event)); err != nil ||
		!strings.Contains(string(heard), `"Status":"SUCCESS"`) {
		t.Fatalf("%v, CloudFormation hears %s", err, heard)
	}
	if _, err := store.Forget(t.Context(), s, store.Target{Name: "c:1"}); err != nil {
		t.Error(err)
	}
}
