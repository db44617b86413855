package capture

import (
	"bytes"
	"encoding/json"
)

// Unread returns where the part of a record begins that a table of this format (json, csv or raw) never reads: a table
// reads the first JSON value of a record, or its first line of CSV. It is -1 where nothing is left, or where the record
// cannot be read at all.
func Unread(format string, record []byte) int {
	var rest []byte
	switch format {
	case "json":
		rest = afterValue(record)
	case "csv":
		rest = afterLine(record)
	}
	rest = bytes.TrimLeft(rest, " \t\r\n")
	if len(rest) == 0 {
		return -1
	}
	return len(record) - len(rest)
}

// afterValue returns what follows the first JSON value.
func afterValue(record []byte) []byte {
	text := bytes.TrimPrefix(record, []byte("\ufeff"))
	decoder := json.NewDecoder(bytes.NewReader(text))
	var first json.RawMessage
	if decoder.Decode(&first) != nil {
		return nil
	}
	return text[decoder.InputOffset():]
}

// afterLine returns what follows the first line that ends outside quotes.
func afterLine(record []byte) []byte {
	quoted := false
	for i, c := range record {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			return record[i+1:]
		}
	}
	return nil
}
