package sample

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// parse tells the format of the text, and cuts it into records.
func (f *File) parse(most int) error {
	text, charset, bom := decode(f.Text, f.Cut)
	f.Charset, f.BOM = charset, bom
	start := bytes.TrimSpace(text)
	switch {
	case len(start) == 0:
		return errors.New("it is empty: there is no record in it")
	case start[0] == '<':
		return errors.New("it is XML or HTML, which no format reads as columns; declare format raw, and take it apart as " +
			"docs/sql.md shows")
	case start[0] == '{' || start[0] == '[':
		f.Format = JSON
		return f.parseJSON(text, most)
	}
	f.Format, f.Lines = CSV, true
	return f.parseCSV(text, most)
}

// parseJSON reads one document, or one in each line.
func (f *File) parseJSON(text []byte, most int) error {
	value, rest, err := parse(text)
	one := err == nil && len(bytes.TrimSpace(rest)) == 0
	if one && !(oneLine(text) && linesByName(f.Path)) {
		if f.Cut {
			return tooLong()
		}
		f.Records = []Record{{text, value}}
		return nil
	}
	f.Lines = true
	for n, line := range bytes.Split(text, []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if len(f.Records) == most {
			f.Cut = true
			break
		}
		value, rest, failure := parse(line)
		switch {
		case failure == nil && len(bytes.TrimSpace(rest)) == 0:
			f.Records = append(f.Records, Record{line, value})
			continue
		case f.Cut && bytes.HasSuffix(bytes.TrimSpace(text), line): // the line is cut off
			continue
		case n == 0 && err == nil && failure == nil:
			return errors.New("several JSON texts stand in one line: write each on a line of its own, as NDJSON")
		case n > 0 && len(f.Records) == n: // all lines before were records
			return fmt.Errorf("line %d is not JSON: %w", n+1, orEnd(failure))
		case f.Cut:
			return tooLong()
		}
		return fmt.Errorf("it is not JSON: %w", place(text, orEnd(err)))
	}
	if len(f.Records) == 0 {
		return tooLong()
	}
	return nil
}

func tooLong() error {
	return fmt.Errorf("it is one JSON text of more than %d MB, too long to look at; take a part of it", MaxBytes>>20)
}

func oneLine(text []byte) bool { return !bytes.Contains(bytes.TrimSpace(text), []byte("\n")) }

// linesByName reports whether the name of a file says that its lines are records.
func linesByName(path string) bool {
	name := strings.TrimSuffix(strings.ToLower(path), ".gz")
	switch filepath.Ext(name) {
	case ".ndjson", ".jsonl", ".jsonlines", ".log":
		return true
	}
	return false
}

func orEnd(err error) error {
	if err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the text ends within a value: is the file cut off?")
	}
	return err
}

// place adds the line to an error of syntax.
func place(text []byte, err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		line := 1 + bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte("\n"))
		return fmt.Errorf("line %d: %w", line, err)
	}
	return err
}
