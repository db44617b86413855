package dynamo_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// partial is a connection on which batches are carried out in part: some statements are throttled, some keys are left
// over, as DynamoDB does within an answer of success.
type partial struct {
	inner http.RoundTripper
	mu    sync.Mutex
	rand  *rand.Rand
	left  map[string]int // by kind
}

func (p *partial) pick() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rand.IntN(3) == 0
}

func (p *partial) count(kind string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left[kind]++
}

func (p *partial) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var in map[string]any
	_ = json.Unmarshal(body, &in)
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	after := func(map[string]any) {}
	switch operation {
	case "BatchExecuteStatement":
		after = p.throttle(in)
	case "BatchGetItem":
		after = p.leaveOver(in)
	}
	if body, err = json.Marshal(in); err != nil {
		return nil, err
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	response, err := p.inner.RoundTrip(r)
	if err != nil || response.StatusCode != http.StatusOK {
		return response, err
	}
	var out map[string]any
	if err := json.NewDecoder(response.Body).Decode(&out); err != nil {
		return nil, err
	}
	after(out)
	answer, err := json.Marshal(out)
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(answer)), int64(len(answer))
	response.Header.Del("X-Amz-Crc32")
	return response, err
}

// throttle takes statements out of a batch, and says of each that it was throttled.
func (p *partial) throttle(in map[string]any) func(map[string]any) {
	var kept []any
	var throttled []bool
	for _, s := range in["Statements"].([]any) {
		t := p.pick() && (len(kept) > 0 || len(throttled)+1 < len(in["Statements"].([]any)))
		if throttled = append(throttled, t); !t {
			kept = append(kept, s)
		} else {
			p.count("throttled")
		}
	}
	in["Statements"] = kept
	return func(out map[string]any) {
		responses, _ := out["Responses"].([]any)
		var all []any
		for _, t := range throttled {
			if t {
				all = append(all, map[string]any{"Error": map[string]any{"Code": "ThrottlingError", "Message": "injected"}})
			} else {
				all, responses = append(all, responses[0]), responses[1:]
			}
		}
		out["Responses"] = all
	}
}

// leaveOver takes keys out of a batch, and gives them back as unprocessed.
func (p *partial) leaveOver(in map[string]any) func(map[string]any) {
	left := map[string]any{}
	for table, request := range in["RequestItems"].(map[string]any) {
		request := request.(map[string]any)
		var kept, over []any
		for _, k := range request["Keys"].([]any) {
			if len(kept) > 0 && p.pick() {
				over = append(over, k)
				p.count("left over")
			} else {
				kept = append(kept, k)
			}
		}
		request["Keys"] = kept
		if len(over) > 0 {
			left[table] = map[string]any{"Keys": over, "ConsistentRead": request["ConsistentRead"]}
		}
	}
	return func(out map[string]any) { out["UnprocessedKeys"] = left }
}

// Ensure that what a batch does in part is done to its end, and that keys which are left over are not taken for items
// that are not there.
func TestPartialBatches(t *testing.T) {
	url := emulator.DynamoDB(t)
	p := &partial{rand: rand.New(rand.NewPCG(3, 1)), left: map[string]int{}}
	client := emulator.Client(url, func(o *dynamodb.Options) {
		p.inner = o.HTTPClient.(*http.Client).Transport
		o.HTTPClient = &http.Client{Transport: p}
	})
	s := newAlone(t, client, newTable(t, emulator.Client(url)), storetest.NewClock())
	for round := range 4 {
		results, err := s.Write(t.Context(), items(120, twin.Millis(1+round)))
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range results {
			if r[0].Outcome != store.Applied {
				t.Errorf("round %d, item %d: %+v", round, i, r[0])
			}
		}
	}
	results, err := s.Write(t.Context(), items(120, 1))
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		if r[0].Outcome != store.Late {
			t.Errorf("item %d: %+v", i, r[0])
		}
	}
	if p.left["throttled"] == 0 || p.left["left over"] == 0 {
		t.Errorf("nothing was done in part: %v", p.left)
	}
}
