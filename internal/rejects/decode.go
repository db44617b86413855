package rejects

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// maxLine is the longest line that is read, in bytes. The greatest payload is a record of an object, 16 MB, whose line
// may be twice as long; in a line of the former form, a record of a stream, 10 MB, may be six times as long.
const maxLine = 64 << 20

// ErrDamaged is wrapped by the error of a file after which nothing more can be read of it.
var ErrDamaged = errors.New("rejects: the file is damaged")

// Decode reads a file, one reject after the other, in the memory of a line and its reject. An error is about one line,
// and the next ones follow, unless it wraps [ErrDamaged].
//
// A file of the former form has a line for each problem, each with the whole record: such lines are one reject again.
// It does not say the kind: what lies below rejects/apply/ is changes, everything else source records.
func Decode(r io.Reader) iter.Seq2[twin.Reject, error] { return decode(r, maxLine) }

// decode is Decode for lines of at most so many bytes.
func decode(r io.Reader, most int) iter.Seq2[twin.Reject, error] {
	return func(yield func(twin.Reject, error) bool) {
		var former *twin.Reject // whose next problem may follow
		for next, err := range read(r, most) {
			if next.former && former != nil && sameRecord(former, &next.Reject) {
				former.Note(next.Problems[0])
				continue
			}
			if former != nil && !yield(*former, nil) {
				return
			}
			if former = nil; next.former {
				former = &next.Reject
			} else if !yield(next.Reject, err) {
				return
			}
		}
		if former != nil {
			yield(*former, nil)
		}
	}
}

func sameRecord(a, b *twin.Reject) bool {
	return a.Position == b.Position && a.Dataset == b.Dataset && bytes.Equal(a.Payload, b.Payload)
}

// readLine is a line that was read.
type readLine struct {
	twin.Reject
	former bool // it has the former form
}

// read reads the lines of a file.
func read(r io.Reader, most int) iter.Seq2[readLine, error] {
	return func(yield func(readLine, error) bool) {
		z, err := gzip.NewReader(r)
		if err != nil {
			yield(readLine{}, fmt.Errorf("%w: not a gzip file: %w", ErrDamaged, err))
			return
		}
		text := bufio.NewReaderSize(z, 64<<10)
		var line []byte
		for n := 1; ; n++ {
			if line, err = appendLine(line[:0], text, most); errors.Is(err, io.EOF) && len(line) == 0 {
				return
			} else if err != nil && !errors.Is(err, io.EOF) {
				yield(readLine{}, fmt.Errorf("%w: line %d: %w", ErrDamaged, n, err))
				return
			}
			l, err := parse(line)
			if err != nil {
				l, err = readLine{}, fmt.Errorf("rejects: line %d: %w", n, err)
			}
			if !yield(l, err) {
				return
			}
		}
	}
}

// appendLine reads a line of at most so many bytes onto dst; the last one may end with io.EOF.
func appendLine(dst []byte, text *bufio.Reader, most int) ([]byte, error) {
	for {
		part, err := text.ReadSlice('\n')
		if dst = append(dst, part...); len(dst) > most {
			return dst, fmt.Errorf("it is longer than %d MB", most>>20)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return dst, err
		}
	}
}

func parse(text []byte) (readLine, error) {
	var l formerLine
	if err := json.Unmarshal(text, &l); err != nil {
		return readLine{}, err
	}
	r, err := l.reject()
	return readLine{r, l.Reason != ""}, err
}
