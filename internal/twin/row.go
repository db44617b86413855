package twin

// Row is one row that an extractor delivers: the part of a [Change] that differs from row to row. Its bytes are
// valid until the extractor gets its next record.
type Row struct {
	Component, Metric []byte
	Value             []byte // one JSON text
	Unit              []byte // empty if there is none
	EventTime         Millis
	Index             uint32 // the number of the row within its source record, see [Rank]
	Kind              uint16 // if not 0, all rows of the extractor with this number have this metric and unit
}
