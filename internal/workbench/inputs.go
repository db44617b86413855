package workbench

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/railtwin/digitaltwin/internal/framing"
)

// MaxRecord is the greatest length of a record in bytes.
const MaxRecord = 64 << 20

// Inputs are files of records, each maybe packed by gzip.
type Inputs struct {
	Paths  []string       // "-" is Stdin
	Source framing.Source // where a field is empty, that of the file beside each file counts, see [framing.SourceBeside]
	Stdin  io.Reader
	Blank  func(name string) // is called with a file without a record, where other files have some; may be nil
}

// Record is one source record and where it stands: FILE, or FILE:LINE.
type Record struct {
	Name string
	Path string // of the file
	Data []byte

	Framing framing.Kind // of the file
}

// Each calls visit with every record in the order of the files, and returns the first error. The
// data belongs to visit until it returns. A [framing.SourceFile] among several files is none of records. Empty lines
// are no records; that there is no record at all is an error.
func (in Inputs) Each(ctx context.Context, visit func(Record) error) error {
	var blank []string
	for _, path := range in.Paths {
		if len(in.Paths) > 1 && filepath.Base(path) == framing.SourceFile {
			continue // it says how the others are read
		}
		found, err := in.file(ctx, path, visit)
		if err != nil {
			return err
		}
		if !found {
			blank = append(blank, display(path))
		}
	}
	switch {
	case len(blank) == 0:
	case len(blank) == len(in.Paths):
		return fmt.Errorf("%s is empty: there is no record in it", strings.Join(blank, ", "))
	case in.Blank != nil:
		for _, name := range blank {
			in.Blank(name)
		}
	}
	return nil
}

// file calls visit with every record of a file, and reports whether there was one.
func (in Inputs) file(ctx context.Context, path string, visit func(Record) error) (found bool, err error) {
	file, err := in.open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	source, err := in.source(path)
	if err != nil {
		return false, err
	}
	src, err := source.OpenFile(path, file)
	if err != nil {
		return false, readError(path, err)
	}
	counted := func(r Record) error {
		found = true
		if err := ctx.Err(); err != nil {
			return err
		}
		return visit(r)
	}
	if src.Framing == framing.Plain {
		err = eachFile(path, src, counted)
	} else {
		err = eachLine(path, src, counted)
	}
	return found, err
}

func (in Inputs) open(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(in.Stdin), nil
	}
	return openFile(path, "a file of records")
}

// openFile opens a file that must be there and be a file; what says what it should hold.
func openFile(path, what string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: there is no such file", path)
		}
		return nil, err
	}
	if info, err := f.Stat(); err != nil {
		f.Close()
		return nil, err
	} else if info.IsDir() {
		f.Close()
		return nil, fmt.Errorf("%s is a directory: name %s", path, what)
	}
	return f, nil
}

// source returns how the records lie in a file.
func (in Inputs) source(path string) (framing.Source, error) {
	if path == "-" {
		return in.Source, nil
	}
	beside, _, err := framing.SourceBeside(path)
	return framing.Source{
		Framing: cmp.Or(in.Source.Framing, beside.Framing), Charset: cmp.Or(in.Source.Charset, beside.Charset),
		Zone: cmp.Or(in.Source.Zone, beside.Zone),
	}, err
}

func display(path string) string {
	if path == "-" {
		return "standard input"
	}
	return path
}

// readError is why a file could not be read to its end.
func readError(path string, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s is cut off: its compressed data end too early. Fetch it again", display(path))
	}
	return fmt.Errorf("read %s: %w", display(path), err)
}

func eachFile(path string, src io.Reader, visit func(Record) error) error {
	data, err := io.ReadAll(io.LimitReader(src, MaxRecord+1))
	if err != nil {
		return readError(path, err)
	}
	if len(data) > MaxRecord {
		return fmt.Errorf("%s is longer than %d MB, too long for one record: if a line is a record, add --framing lines",
			display(path), MaxRecord>>20)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	return visit(Record{Name: display(path), Path: path, Data: data, Framing: framing.Plain})
}

func eachLine(path string, src io.Reader, visit func(Record) error) error {
	r := bufio.NewReaderSize(src, 64<<10)
	var line []byte
	for n := 1; ; n++ {
		line = line[:0]
		var err error
		for {
			var part []byte
			part, err = r.ReadSlice('\n')
			line = append(line, part...)
			if !errors.Is(err, bufio.ErrBufferFull) {
				break
			}
			if len(line) > MaxRecord {
				return fmt.Errorf("%s:%d: the line is longer than %d MB, too long for a record", display(path), n, MaxRecord>>20)
			}
		}
		if err != nil && err != io.EOF {
			return readError(path, err)
		}
		text := bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		if len(bytes.TrimSpace(text)) > 0 {
			if err := visit(Record{Name: fmt.Sprintf("%s:%d", display(path), n), Path: path, Data: text,
				Framing: framing.Lines}); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}
