package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/internal/stream"
)

// baseline does for wagon records what this function does, as one would write it by hand: with the event types of
// aws-lambda-go, a struct for the record and one for the change, and encoding/json. Its output is held against the
// function's, and its speed is what the function's is measured by.
type baseline struct {
	sink      stream.Sink
	extractor string
}

type telemetry struct {
	Header struct {
		MeasuredAt time.Time `json:"measuredAt"`
	} `json:"header"`
	Wagon struct {
		ID *string `json:"id"`
	} `json:"wagon"`
	Train struct {
		Number *string `json:"number"`
		Place  *int    `json:"place"`
	} `json:"train"`
	Motion struct {
		State     *string  `json:"state"`
		Speed     *float64 `json:"speedKmh"`
		Heading   *int     `json:"heading"`
		MileageKm *float64 `json:"mileageKm"`
	} `json:"motion"`
	Position struct {
		Fix     string    `json:"fix"`
		Lat     *float64  `json:"lat"`
		Lon     *float64  `json:"lon"`
		FixedAt time.Time `json:"fixedAt"`
	} `json:"position"`
	Axles []struct {
		N           int      `json:"n"`
		Temperature *float64 `json:"bearingTempC"`
	} `json:"axles"`
	Brake struct {
		Pressure *float64 `json:"pipePressureBar"`
		Applied  *bool    `json:"applied"`
	} `json:"brake"`
	Load struct {
		State     *string   `json:"state"`
		Mass      *float64  `json:"massT"`
		WeighedAt time.Time `json:"weighedAt"`
	} `json:"load"`
	Cargo struct {
		Temperature *float64 `json:"tempC"`
	} `json:"cargo"`
	Battery struct {
		Charge *int `json:"soc"`
	} `json:"battery"`
	Shock struct {
		X          *float64  `json:"x"`
		Y          *float64  `json:"y"`
		Z          *float64  `json:"z"`
		HappenedAt time.Time `json:"happenedAt"`
	} `json:"shock"`
}

// change is a change of the twin stream.
type change struct {
	line
	Metric, Value, Unit string
}

// line is what the changes of a source record share, and where they stand.
type line struct {
	Dataset    string  `json:"dataset"`
	Extractor  string  `json:"extractor"`
	Revision   int     `json:"revision"`
	Component  string  `json:"component"`
	EventTime  string  `json:"event_time"`
	ReceivedAt string  `json:"received_at"`
	Position   string  `json:"position"`
	Index      int     `json:"index"`
	Changes    [][]any `json:"changes"`
}

// in returns c as it is written in a line: metric, value, unit and event time.
func (c change) in(l *line) []any {
	own := []any{c.Metric, c.Value}
	if c.Unit != "" {
		own = append(own, c.Unit)
	}
	if c.EventTime != l.EventTime {
		if c.Unit == "" {
			own = append(own, nil)
		}
		own = append(own, c.EventTime)
	}
	return own
}

// packed is a record that lines are still added to.
type packed struct{ bytes.Buffer }

// Invoke puts the changes of the event's records into the twin stream.
func (b *baseline) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var event events.KinesisEvent
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, err
	}
	opened := map[string]*packed{}
	var records []stream.Record
	for _, r := range event.Records {
		changes, err := b.changes(&r)
		if err != nil {
			return nil, err
		}
		if len(changes) == 0 {
			continue
		}
		l := changes[0].line // all are of one component
		for _, c := range changes {
			l.Changes = append(l.Changes, c.in(&l))
		}
		text, err := json.Marshal(l)
		if err != nil {
			return nil, err
		}
		key := stream.PartitionKey(l.Component)
		record := opened[key]
		if record != nil && record.Len()+1+len(text) > stream.DefaultSize {
			records = append(records, stream.Record{Key: key, Data: record.Bytes()})
			record = nil
		}
		if record == nil {
			record = &packed{}
			opened[key] = record
		} else {
			record.WriteByte('\n')
		}
		record.Write(text)
	}
	for key, record := range opened {
		records = append(records, stream.Record{Key: key, Data: record.Bytes()})
	}
	if _, err := stream.Put(ctx, b.sink, records); err != nil {
		return nil, err
	}
	return json.Marshal(events.KinesisEventResponse{BatchItemFailures: []events.KinesisBatchItemFailure{}})
}

const rfc3339 = "2006-01-02T15:04:05.000Z"

// changes are what extractors/wagon_telemetry.sql makes of a record.
func (b *baseline) changes(r *events.KinesisEventRecord) (all []change, err error) {
	var w telemetry
	if err := json.Unmarshal(r.Kinesis.Data, &w); err != nil {
		return nil, err
	}
	if w.Wagon.ID == nil {
		return nil, nil
	}
	shard, _, _ := strings.Cut(r.EventID, ":")
	stream := r.EventSourceArn[strings.LastIndexByte(r.EventSourceArn, '/')+1:]
	component := "wagon:" + strings.ReplaceAll(*w.Wagon.ID, " ", "-")
	add := func(metric string, value any, unit string, at time.Time) {
		if at.IsZero() || err != nil {
			return
		}
		var text []byte
		_, null := value.(json.RawMessage)
		if text, err = json.Marshal(value); err != nil || string(text) == "null" && !null {
			return
		}
		c := change{Metric: metric, Value: string(text), Unit: unit, line: line{
			Dataset: "wagon_telemetry", Extractor: b.extractor, Revision: 1, Component: component,
			EventTime: at.UTC().Format(rfc3339), ReceivedAt: r.Kinesis.ApproximateArrivalTimestamp.UTC().Format(rfc3339),
			Position: stream + "/" + shard + "/" + r.Kinesis.SequenceNumber,
		}}
		all = append(all, c)
	}
	w.add(add)
	return all, err
}

// notInATrain is the JSON null, which is a value, where nil is none.
var notInATrain = json.RawMessage("null")

func (w *telemetry) add(add func(metric string, value any, unit string, at time.Time)) {
	at := w.Header.MeasuredAt
	if s := w.Motion.Speed; s != nil && *s >= 0 && *s <= 200 {
		add("speed", s, "km/h", at)
	}
	add("heading", w.Motion.Heading, "deg", at)
	add("mileage", w.Motion.MileageKm, "km", at)
	add("brake.pressure", w.Brake.Pressure, "bar", at)
	add("cargo.temperature", w.Cargo.Temperature, "Cel", at)
	add("battery", w.Battery.Charge, "%", at)
	add("load.mass", w.Load.Mass, "t", w.Load.WeighedAt)
	if p := w.Position; (p.Fix == "2D" || p.Fix == "3D") && p.Lat != nil && p.Lon != nil {
		add("position", struct {
			Lat *float64 `json:"lat"`
			Lon *float64 `json:"lon"`
		}{p.Lat, p.Lon}, "deg", p.FixedAt)
	}
	if s := w.Shock; !s.HappenedAt.IsZero() {
		add("shock", struct {
			X *float64 `json:"x"`
			Y *float64 `json:"y"`
			Z *float64 `json:"z"`
		}{s.X, s.Y, s.Z}, "[g]", s.HappenedAt)
	}
	for _, a := range w.Axles {
		if a.Temperature != nil && *a.Temperature > -60 {
			add(fmt.Sprintf("axle.%d.bearing.temperature", a.N), a.Temperature, "Cel", at)
		}
	}
	add("movement.state", w.Motion.State, "", at)
	add("brake.applied", w.Brake.Applied, "", at)
	add("load.state", w.Load.State, "", w.Load.WeighedAt)
	if w.Motion.State != nil && *w.Motion.State == "parking" {
		add("train.number", notInATrain, "", at)
		add("train.place", notInATrain, "", at)
	} else {
		add("train.number", w.Train.Number, "", at)
		add("train.place", w.Train.Place, "", at)
	}
}
