package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/railtwin/digitaltwin/functions/internal/gateway"
	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// sql is an extractor that delivers its one metric on line 3.
const sql = `CREATE TABLE wagons (id STRING, speed DOUBLE, sentAt TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin (component, metric, ` + "`value`" + `, unit, event_time)
SELECT CONCAT('wagon:', id), 'speed', JSON_STRING(speed), 'km/h', sentAt FROM wagons;
`

// fleet is a function over datasets as they are deployed, its clock, and the metrics that its calls find.
type fleet struct {
	*gateway.Handler
	*watch
	table *dynamo.Store
	now   time.Time
}

// newFleet deploys datasets. The caller may read each of what is described, see docs/access.md.
func newFleet(t *testing.T, reads []string, datasets ...string) *fleet {
	t.Helper()
	client := emulator.Client(emulator.DynamoDB(t))
	if err := dynamo.CreateTable(t.Context(), client, "twin"); err != nil {
		t.Fatal(err)
	}
	f := &fleet{table: dynamo.New(client, "twin", nil), now: time.Date(2026, 11, 30, 3, 0, 20, 0, time.UTC)}
	f.watch = &watch{t: t, sums: map[series]map[int]float64{}, status: map[string]types.StatusCode{}, fleet: f}
	for _, name := range datasets {
		f.deploy(t, name, strings.HasPrefix(name, "flink"))
	}
	var grants []string
	for _, r := range reads {
		grants = append(grants, `{"who":"client:app","read":`+r+`}`)
	}
	rules, err := access.Parse("access.json", []byte(`{"grants":[`+strings.Join(grants, ",")+`]}`), access.Known{})
	if err != nil {
		t.Fatal(err)
	}
	f.Handler = newHandler(f.table, f.watch, rules, wiring.Inside{Environment: "prod"}, func() time.Time { return f.now })
	return f
}

// deploy does what functions/catalogue does.
func (f *fleet) deploy(t *testing.T, name string, flink bool) {
	t.Helper()
	program, err := extract.Compile("wagons.sql", []byte(sql))
	if err != nil {
		t.Fatal(err)
	}
	d := program.Dataset()
	d.Name = name
	if err := f.table.PutDataset(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	pipeline, err := json.Marshal(wiring.Pipeline{SQL: wiring.PackSQL([]byte(sql)), Framing: wiring.Plain, Flink: flink})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.table.Pipelines().Set(t.Context(), name, pipeline); err != nil {
		t.Fatal(err)
	}
}

// watch is Amazon CloudWatch: sums by series and by minutes before the last whole one. It answers in pages of three
// series.
type watch struct {
	t      *testing.T
	fleet  *fleet
	sums   map[series]map[int]float64
	status map[string]types.StatusCode // by dataset, where it is not that all is complete
	err    error
	calls  int // that are no further pages
	asked  int // metrics, which is what is paid for
}

// GetMetricData implements [metricData].
func (w *watch) GetMetricData(_ context.Context, in *cloudwatch.GetMetricDataInput,
	_ ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error) {
	begin, _ := strconv.Atoi(aws.ToString(in.NextToken))
	if begin == 0 {
		w.calls++
		w.asked += len(in.MetricDataQueries)
	}
	if w.err != nil || len(in.MetricDataQueries) > 500 {
		return nil, errors.Join(w.err, fmt.Errorf("%d queries", len(in.MetricDataQueries)))
	}
	out := &cloudwatch.GetMetricDataOutput{}
	end := min(begin+3, len(in.MetricDataQueries))
	for _, q := range in.MetricDataQueries[begin:end] {
		out.MetricDataResults = append(out.MetricDataResults, w.result(in, &q))
	}
	if end < len(in.MetricDataQueries) {
		out.NextToken = aws.String(strconv.Itoa(end))
	}
	return out, nil
}

func (w *watch) result(in *cloudwatch.GetMetricDataInput, q *types.MetricDataQuery) types.MetricDataResult {
	m, dimensions := q.MetricStat.Metric, map[string]string{}
	for _, d := range m.Dimensions {
		dimensions[aws.ToString(d.Name)] = aws.ToString(d.Value)
	}
	row, ok := wiring.MetricNamed(aws.ToString(m.MetricName))
	if !ok || row.Statistic != aws.ToString(q.MetricStat.Stat) || len(dimensions) != len(row.Dimensions()) ||
		*q.MetricStat.Period != 60 ||
		aws.ToString(m.Namespace) != wiring.Namespace || dimensions[wiring.DimensionEnvironment] != "prod" {
		w.t.Errorf("asked for %+v of %v", m, dimensions)
	}
	name := dimensions[wiring.DimensionDataset]
	r := types.MetricDataResult{Id: q.Id, StatusCode: types.StatusCodeComplete}
	if status := w.status[name]; status != "" {
		r.StatusCode = status
	}
	for ago, n := range w.sums[series{name, row.Name}] {
		at := w.fleet.now.Truncate(time.Minute).Add(-time.Duration(ago+1) * time.Minute)
		if !at.Before(*in.StartTime) && at.Before(*in.EndTime) {
			r.Timestamps, r.Values = append(r.Timestamps, at), append(r.Values, n)
		}
	}
	return r
}

// get calls the function as the client that the rules are for.
func (f *fleet) get(t *testing.T, path string) (events.APIGatewayProxyResponse, map[string]any) {
	t.Helper()
	e := events.APIGatewayProxyRequest{HTTPMethod: "GET", Path: path}
	e.RequestContext.Authorizer = map[string]any{"claims": map[string]any{"sub": "app", "client_id": "app",
		"token_use": "access", "scope": "twin/read"}}
	payload, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.Invoke(t.Context(), payload)
	if err != nil {
		t.Fatal(err)
	}
	var r events.APIGatewayProxyResponse
	var body map[string]any
	if err := errors.Join(json.Unmarshal(b, &r), json.Unmarshal([]byte(r.Body), &body)); err != nil {
		t.Fatal(err)
	}
	return r, body
}

// activities are the datasets of an answer by name.
func activities(body map[string]any) map[string]map[string]any {
	m := map[string]map[string]any{}
	list, _ := body["datasets"].([]any)
	for _, d := range list {
		one := d.(map[string]any)
		m[one["dataset"].(string)] = one
	}
	return m
}

// Ensure that metrics become what a local twin says of itself: numbers by minute, a rate, the last record, also one of
// hours ago; and that a dataset is left out that is not counted, is not known, or that the caller may not read.
func TestActivity(t *testing.T) {
	f := newFleet(t, []string{`{"datasets":"busy"}`, `{"datasets":"quiet"}`, `{"datasets":"never"}`,
		`{"datasets":"flink"}`, `{"datasets":"torn"}`},
		"busy", "quiet", "never", "flink", "torn", "secret")
	f.status["torn"] = types.StatusCodeInternalError
	f.sums[series{"busy", "Records"}], f.sums[series{"busy", "Rejects"}] = map[int]float64{}, map[int]float64{3: 2}
	f.sums[series{"busy", "RejectedChanges"}], f.sums[series{"busy", "Late"}] = map[int]float64{3: 1},
		map[int]float64{70: 9}
	for ago := range 59 {
		f.sums[series{"busy", "Records"}][ago] = 120
	}
	f.sums[series{"quiet", "Records"}] = map[int]float64{200: 4, 300: 7, 3000: 1}
	_, body := f.get(t, "/v1/activity")
	got := activities(body)
	if len(got) != 3 || got["busy"] == nil || got["quiet"] == nil || got["never"] == nil {
		t.Fatalf("%v", got)
	}
	busy := got["busy"]
	minutes := busy["minutes"].([]any)
	if busy["recordsPerSecond"] != 2.0 || busy["records"] != 59*120.0 || busy["rejected"] != 3.0 || busy["late"] != 0.0 ||
		busy["lastRecord"] != "2026-11-30T03:00:00.000Z" || len(minutes) != 60 {
		t.Errorf("%v", busy)
	}
	fourth := minutes[55].(map[string]any)
	if body["since"] != "2026-11-30T02:01:00.000Z" || fourth["from"] != "2026-11-30T02:56:00.000Z" ||
		fourth["records"] != 120.0 || fourth["rejected"] != 3.0 {
		t.Errorf("since %v: %v", body["since"], fourth)
	}
	if last := got["quiet"]["lastRecord"]; last != "2026-11-29T23:40:00.000Z" {
		t.Errorf("the last record of quiet: %v", last)
	}
	if last, ok := got["never"]["lastRecord"]; last != nil || !ok {
		t.Errorf("the last record of never: %v", last)
	}
}

// Ensure that what is paid for is bounded: six metrics a dataset and minute, however often the page asks, and one more,
// once, of a dataset that is silent.
func TestActivity_Asked(t *testing.T) {
	names := make([]string, 90)
	for i := range names {
		names[i] = fmt.Sprintf("d%02d", i)
	}
	f := newFleet(t, []string{`{"datasets":"*"}`}, names...)
	f.sums[series{"d07", "Records"}] = map[int]float64{1: 3}
	for minute := range 3 {
		for range 5 {
			if _, body := f.get(t, "/v1/activity"); len(activities(body)) != 90 {
				t.Fatalf("%d datasets", len(activities(body)))
			}
		}
		// 540 metrics are two calls; the look for the last records of 89 is another one.
		if want := (minute+1)*540 + 89; f.asked != want || f.calls != 2*minute+3 {
			t.Errorf("minute %d: %d metrics in %d calls, want %d", minute, f.asked, f.calls, want)
		}
		f.now = f.now.Add(time.Minute)
	}
}

// Ensure that where Amazon CloudWatch throttles or refuses, a caller learns when to ask again, that it is not asked
// more often for that, and that the next answer is good.
func TestActivity_Unavailable(t *testing.T) {
	f := newFleet(t, []string{`{"datasets":"*"}`}, "wagons")
	f.err = errors.New("ThrottlingException: rate exceeded")
	for range 3 {
		r, body := f.get(t, "/v1/activity")
		if h := http.Header(r.MultiValueHeaders); r.StatusCode != 503 || h.Get("Retry-After") != "60" ||
			strings.Contains(r.Body, "Throttling") ||
			body["type"] != "urn:digital-twin:problem:activity-unavailable" {
			t.Errorf("%d %v %s", r.StatusCode, h, r.Body)
		}
	}
	if f.calls != 1 {
		t.Errorf("it was asked %d times", f.calls)
	}
	f.err, f.now = nil, f.now.Add(time.Minute)
	if r, body := f.get(t, "/v1/activity"); r.StatusCode != 200 || len(activities(body)) != 1 {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
}

// Ensure that the SQL is told as it was deployed, with the lines of its metrics, to who may read all of the dataset.
func TestExtractor(t *testing.T) {
	f := newFleet(t, []string{`{"datasets":"wagons"}`, `{"datasets":"flink"}`, `{"datasets":"part","metrics":"speed"}`},
		"wagons", "flink", "part", "secret")
	r, body := f.get(t, "/v1/datasets/wagons/extractor")
	if r.StatusCode != 200 || body["sql"] != sql || fmt.Sprint(body["metrics"]) != "[map[line:3 metric:speed]]" {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
	if r, body := f.get(t, "/v1/datasets/flink/extractor"); body["sql"] != sql || fmt.Sprint(body["metrics"]) != "[]" {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
	for _, name := range []string{"part", "secret", "none"} {
		if r, _ := f.get(t, "/v1/datasets/"+name+"/extractor"); r.StatusCode != 404 ||
			!strings.Contains(r.Body, "dataset-not-found") {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.Body)
		}
	}
	// A catalogue entry of another version, and one without what was deployed.
	for name, extractor := range map[string]string{"wagons": "0123456789ab", "bare": ""} {
		if err := f.table.PutDataset(t.Context(), twin.Dataset{Name: name, Extractor: extractor}); err != nil {
			t.Fatal(err)
		}
	}
	other := newHandler(f.table, f.watch, nil, wiring.Inside{Environment: "prod"}, time.Now)
	f.Handler = other
	for _, name := range []string{"wagons", "bare"} {
		if r, _ := f.get(t, "/v1/datasets/"+name+"/extractor"); r.StatusCode != 404 {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.Body)
		}
	}
}
