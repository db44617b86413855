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

// change leaves out what is as in the change before it in its record.
type change struct {
	Dataset    string `json:"dataset,omitempty"`
	Extractor  string `json:"extractor,omitempty"`
	Revision   int    `json:"revision,omitempty"`
	Component  string `json:"component,omitempty"`
	Metric     string `json:"metric"`
	Value      string `json:"value"`
	Unit       string `json:"unit,omitempty"`
	EventTime  string `json:"event_time,omitempty"`
	ReceivedAt string `json:"received_at,omitempty"`
	Position   string `json:"position,omitempty"`
	Index      int    `json:"index"`
}

// after returns c as it is written behind another change.
func (c change) after(last *change) change {
	c.Dataset, c.Extractor, c.Revision = "", "", 0 // there is only one extractor
	if c.Component == last.Component {
		c.Component = ""
	}
	if c.EventTime == last.EventTime {
		c.EventTime = ""
	}
	if c.ReceivedAt == last.ReceivedAt {
		c.ReceivedAt = ""
	}
	if c.Position == last.Position {
		c.Position = ""
	}
	return c
}

// packed is a record that changes are still added to.
type packed struct {
	bytes.Buffer
	last change
}

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
		for _, c := range changes {
			key := stream.PartitionKey(c.Component)
			record := opened[key]
			if record != nil {
				line, err := json.Marshal(c.after(&record.last))
				if err != nil {
					return nil, err
				}
				if record.Len()+1+len(line) <= stream.DefaultSize {
					record.WriteByte('\n')
					record.Write(line)
					record.last = c
					continue
				}
				records = append(records, stream.Record{Key: key, Data: record.Bytes()})
			}
			line, err := json.Marshal(c)
			if err != nil {
				return nil, err
			}
			record = &packed{last: c}
			record.Write(line)
			opened[key] = record
		}
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
		c := change{
			Dataset: "wagon_telemetry", Extractor: b.extractor, Revision: 1, Component: component, Metric: metric, Value: string(text),
			EventTime: at.UTC().Format(rfc3339), ReceivedAt: r.Kinesis.ApproximateArrivalTimestamp.UTC().Format(rfc3339),
			Position: stream + "/" + shard + "/" + r.Kinesis.SequenceNumber, Unit: unit,
		}
		all = append(all, c)
	}
	w.add(add)
	for i := range all {
		all[i].Index = i
	}
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
