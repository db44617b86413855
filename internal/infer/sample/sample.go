// Package sample reads a few records of a provider, in whatever form they come: JSON, JSON lines, GeoJSON or CSV, maybe
// packed by gzip, in UTF-8 or another charset.
//
// [Read] tells format, framing, charset and columns of each file, and returns its records as trees of [Value]. It reads
// at most [MaxBytes] and [MaxRecords], whatever the size of the files.
package sample

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The most that is read: bytes of all files together after they were unpacked, and records.
const (
	MaxBytes   = 16 << 20
	MaxRecords = 5000
)

// Format is how a record is written.
type Format string

// The formats, as the table option 'format' names them.
const (
	JSON Format = "json"
	CSV  Format = "csv"
)

// File is what a sample file holds.
type File struct {
	Path    string // as it was given; "-" is standard input
	Format  Format
	Lines   bool   // a line is a record; else the whole file is one
	Charset string // a name of the WHATWG Encoding Standard, "" for UTF-8
	BOM     bool   // the text began with a byte order mark
	Cut     bool   // the file goes on after what was read
	Text    []byte // what was read, unpacked, in its charset
	Records []Record

	Delimiter rune     // of CSV
	Header    []string // the names in the first line of CSV; nil where it has none
	Columns   int      // of CSV
}

// Record is one source record: its text as UTF-8, and what it says.
type Record struct {
	Text  []byte
	Value *Value // nil for a header line
}

// Name returns what the file is called in messages.
func (f *File) Name() string {
	if f.Path == "-" {
		return "standard input"
	}
	return f.Path
}

// Read reads the files; "-" is stdin. The error says which file is wrong, and what to do.
func Read(paths []string, stdin io.Reader) ([]*File, error) {
	left := budget{bytes: MaxBytes, records: MaxRecords}
	var files []*File
	for _, path := range paths {
		f, err := readFile(path, stdin, &left)
		if err != nil {
			name := path
			if path == "-" {
				name = "standard input"
			}
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files = append(files, f)
	}
	return files, nil
}

// budget is how much may still be read.
type budget struct{ bytes, records int }

func readFile(path string, stdin io.Reader, left *budget) (*File, error) {
	src := stdin
	if path != "-" {
		file, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, errors.New("there is no such file")
		}
		if err != nil {
			return nil, err
		}
		defer file.Close()
		if info, err := file.Stat(); err == nil && info.IsDir() {
			return nil, fmt.Errorf("it is a folder: name its files, such as %s", filepath.Join(path, "*"))
		}
		src = file
	}
	f := &File{Path: path}
	text, err := unpack(src, left.bytes)
	if err != nil {
		return nil, err
	}
	if f.Cut = len(text) > left.bytes; f.Cut {
		text = text[:left.bytes]
	}
	left.bytes -= len(text)
	f.Text = text
	if err := f.parse(left.records); err != nil {
		return nil, err
	}
	left.records -= len(f.Records)
	return f, nil
}

// stem is the file's name without folder and endings.
func (f *File) Stem() string {
	base, _, _ := strings.Cut(filepath.Base(f.Path), ".")
	return base
}
