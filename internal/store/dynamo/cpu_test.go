package dynamo_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

var serveTable = flag.Bool("serve-table", false, "be the endpoint of BenchmarkWrite, until standard input ends")

func TestMain(m *testing.M) {
	if flag.Parse(); *serveTable {
		serve()
		return
	}
	os.Exit(m.Run())
}

const (
	benchmarkBatch   = 500
	benchmarkMetrics = 15
	answerTime       = 5 * time.Millisecond
)

// wagonsAt are the items of a batch: all metrics of each component.
func wagonsAt(at twin.Millis) (items []store.Item) {
	for n := range benchmarkBatch {
		it := store.Item{Component: fmt.Sprintf("wagon:%d", n), Dataset: "wagons"}
		for i := range benchmarkMetrics {
			c := sample(it.Component, fmt.Sprintf("axle.%02d.bearing.temperature", i), at, "41.5")
			c.Dataset, c.Unit, c.Index = "wagons", "Cel", uint32(i)
			it.Changes = append(it.Changes, c)
		}
		items = append(items, it)
	}
	return items
}

// serve is a table over TLS which answers after a while: each item is there as it was at the beginning, and every swap
// succeeds. It is a process of its own, so that the client's CPU time can be told from the table's.
func serve() {
	answers := map[string]string{} // of BatchGetItem, by component
	for _, it := range wagonsAt(0) {
		state := packed.State{Floor: packed.NoFloor}
		for _, c := range it.Changes {
			state.Block.Entries = append(state.Block.Entries, packed.NewEntry(c, nil))
		}
		block := state.Block.Append(nil)
		tag := packed.TagOf(state.Floor, block)
		answers[it.Component] = fmt.Sprintf(
			`{"component":{"S":%q},"part":{"S":"wagons~0"},"dataset":{"S":"wagons"},"b":{"S":"1"},"p":{"B":%q},"v":{"B":%q}}`,
			it.Component, base64.StdEncoding.EncodeToString(block), base64.StdEncoding.EncodeToString(tag[:]))
	}
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			RequestItems map[string]struct {
				Keys []map[string]struct{ S string }
			}
			Statements []json.RawMessage
		}
		body, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(body, &in)
		time.Sleep(answerTime)
		answer := `{}`
		switch _, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); operation {
		case "Query":
			answer = `{"Items":[{"component":{"S":"#catalogue"},"part":{"S":"#form"},"entry":{"S":"{\"Listed\":true,\"Tidied\":true}"}}],"Count":1,"ScannedCount":1}`
		case "BatchGetItem":
			var found []string
			for _, k := range in.RequestItems["twin"].Keys {
				found = append(found, answers[k["component"].S])
			}
			answer = `{"Responses":{"twin":[` + strings.Join(found, ",") + `]},"UnprocessedKeys":{}}`
		case "BatchExecuteStatement":
			answer = `{"Responses":[` + strings.TrimSuffix(strings.Repeat(`{"TableName":"twin"},`, len(in.Statements)), ",") +
				`]}`
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		fmt.Fprint(w, answer)
	}))
	defer s.Close()
	fmt.Println(s.URL)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// startTable starts serve as a process and returns a client of it, which keeps connections as a function does, and the
// number of connections that it has made.
func startTable(b *testing.B) (*dynamodb.Client, *atomic.Int64) {
	cmd := exec.Command(os.Args[0], "-serve-table")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _, _ = in.Close(), cmd.Wait() })
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	made := new(atomic.Int64)
	return emulator.Client(strings.TrimSpace(url), func(o *dynamodb.Options) {
		t := o.HTTPClient.(*http.Client).Transport.(*http.Transport)
		t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // of the test's own certificate
		t.MaxIdleConns, t.MaxIdleConnsPerHost = 128, 64
		dial := &net.Dialer{}
		t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			made.Add(1)
			return dial.DialContext(ctx, network, address)
		}
	}), made
}

// cpuTime is what this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkWrite writes batches of 500 items with 15 metrics each over TLS to an endpoint that answers after 5 ms,
// reading and joining included, and the same items as the version before wrote them: one conditional UpdateItem each,
// 32 at a time. cpu-µs/item is CPU time of this process, conns/op the connections made after the first batch.
func BenchmarkWrite(b *testing.B) {
	b.Run("packed", func(b *testing.B) {
		client, made := startTable(b)
		s := dynamo.New(client, "twin", nil)
		measure(b, made, func(items []store.Item) {
			results, err := s.Write(b.Context(), items)
			if err != nil || results[0][0].Outcome != store.Applied {
				b.Fatal(results[0], err)
			}
		})
	})
	b.Run("former", func(b *testing.B) {
		client, made := startTable(b)
		f := &former{client: client, table: "twin", clock: storetest.NewClock()}
		measure(b, made, func(items []store.Item) {
			var wg sync.WaitGroup
			work := make(chan store.Item)
			for range 32 {
				wg.Go(func() {
					for it := range work {
						if err := f.writeItem(it); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for _, it := range items {
				work <- it
			}
			close(work)
			wg.Wait()
		})
	})
}

func measure(b *testing.B, made *atomic.Int64, write func([]store.Item)) {
	items := wagonsAt(1)
	write(items)
	first, start := made.Load(), cpuTime()
	for b.Loop() {
		for i := range items {
			for _, c := range items[i].Changes {
				c.EventTime++
			}
		}
		write(items)
	}
	b.ReportMetric(float64((cpuTime()-start).Microseconds())/float64(b.N*benchmarkBatch), "cpu-µs/item")
	b.ReportMetric(float64(made.Load()-first)/float64(b.N), "conns/op")
}
