package twin

// Change is one normalised reading on its way to the store.
type Change struct {
	Dataset   string
	Extractor string // the first 12 hex digits of the SHA-256 of the SQL file
	Revision  uint16 // SET 'twin.revision'
	Component string // kind:id, any UTF-8
	Metric    string // dotted lower case, any UTF-8
	Value     string // one JSON text
	Unit      string // UCUM code; empty where there is none
	EventTime Millis // when it was measured

	ReceivedAt Millis   // when the source's stream received the record; 0 where the engine cannot know it (Flink)
	Position   Position // where the source record lies; zero where the engine cannot know it
	Index      uint32   // the row within the source record, see [Rank]
}

// Position is the place of a source record in its stream.
type Position struct {
	Stream, Shard, Sequence string
}

// IsZero reports whether nothing is known of the place.
func (p Position) IsZero() bool { return p == Position{} }

// Reading is the newest change of a component.metric in one dataset, as it is stored and served.
type Reading struct {
	Component, Metric string
	Dataset           string
	Value             string // one JSON text
	Unit              string // empty where there is none
	EventTime         Millis
	Rank              Rank
	Source            Source
}

// Source is the lineage of a reading.
type Source struct {
	Extractor  string
	ReceivedAt Millis // 0 where unknown
	Position   Position
}

// Reading returns the reading that c becomes when it wins.
func (c *Change) Reading() Reading {
	return Reading{
		Component: c.Component, Metric: c.Metric, Dataset: c.Dataset,
		Value: c.Value, Unit: c.Unit, EventTime: c.EventTime, Rank: c.Rank(),
		Source: Source{Extractor: c.Extractor, ReceivedAt: c.ReceivedAt, Position: c.Position},
	}
}
