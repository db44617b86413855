package wiring

import (
	"encoding/json"
	"fmt"
)

// Sources say which source each table of an extractor reads, as JSON:
// {"stations":"arn:aws:kinesis:...","states":"..."}. A source is the ARN of a stream, bucket/prefix of objects, or the
// name of a delivery stream's processor.
type Sources string

// NewSources returns the sources of tables.
func NewSources(byTable map[string]string) Sources {
	b, err := json.Marshal(byTable) // whose keys are in order
	if err != nil {
		panic("BUG: a map of strings is JSON: " + err.Error())
	}
	return Sources(b)
}

// ByTable returns the source of each table.
func (s Sources) ByTable() (map[string]string, error) {
	var m map[string]string
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		return nil, fmt.Errorf("not the sources of tables: %w", err)
	}
	return m, nil
}

// UnmarshalText accepts what [NewSources] makes.
func (s *Sources) UnmarshalText(b []byte) error {
	_, err := Sources(b).ByTable()
	*s = Sources(b)
	return err
}
