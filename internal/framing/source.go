package framing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"github.com/railtwin/digitaltwin/internal/spelling"
)

// Source says how the records of a source lie in what it sends. The same keys stand in [SourceFile] beside samples and
// in the settings of a dataset on AWS. An empty field is the default.
type Source struct {
	Framing Kind `json:"framing,omitempty"` // default: of a file what [Guess] says, of a stream record Plain
	// a name of the WHATWG Encoding Standard; default: UTF-8, as the extractor reads it
	Charset string `json:"charset,omitempty"`
	Zone    string `json:"zone,omitempty"` // IANA name of the zone of times that state none, for a replay; default: UTC
}

// SourceFile is the name of the file that says how the samples in its folder lie in their files.
const SourceFile = "source.json"

// ParseSource reads the text of a [SourceFile] called name. The error says where and what is wrong.
func ParseSource(name string, text []byte) (Source, error) {
	var s Source
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(&s)
	if err == nil && len(bytes.TrimSpace(text[d.InputOffset():])) > 0 {
		err = errors.New("something follows the object")
	}
	if err == nil {
		err = s.Check()
	}
	if err != nil {
		line := 1 + bytes.Count(text[:min(int(d.InputOffset()), len(text))], []byte("\n"))
		return Source{}, fmt.Errorf("%s:%d: %w%s", name, line, err,
			`; it holds up to three keys, such as {"framing": "lines", "charset": "windows-1252", "zone": "Europe/Zurich"}`)
	}
	return s, nil
}

// ReadSource reads the [SourceFile] of a folder of fsys. A folder without one has the defaults.
func ReadSource(fsys fs.FS, folder string) (s Source, found bool, err error) {
	name := path.Join(folder, SourceFile)
	text, err := fs.ReadFile(fsys, name)
	return parseIfThere(name, text, err)
}

// SourceBeside reads the [SourceFile] in the folder of a file on disk. A folder without one has the defaults.
func SourceBeside(file string) (s Source, found bool, err error) {
	name := filepath.Join(filepath.Dir(file), SourceFile)
	text, err := os.ReadFile(name)
	return parseIfThere(name, text, err)
}

func parseIfThere(name string, text []byte, err error) (s Source, found bool, _ error) {
	if errors.Is(err, fs.ErrNotExist) {
		return Source{}, false, nil
	}
	if err != nil {
		return Source{}, false, fmt.Errorf("read how the samples are framed: %w", err)
	}
	s, err = ParseSource(name, text)
	return s, true, err
}

// Check returns what is wrong with the fields.
func (s Source) Check() error {
	var errs []error
	if s.Framing != "" {
		k := s.Framing
		errs = append(errs, k.UnmarshalText([]byte(s.Framing)))
	}
	if s.Charset != "" {
		if _, err := htmlindex.Get(s.Charset); err != nil {
			errs = append(errs, fmt.Errorf("unknown charset %q%s", s.Charset, meant(s.Charset, usualCharsets)))
		}
	}
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "Local" {
		errs = append(errs, fmt.Errorf("unknown zone %q: it is an IANA name, such as Europe/Zurich", s.Zone))
	}
	return errors.Join(errs...)
}

// usualCharsets are suggested for a misspelt one.
var usualCharsets = []string{
	"utf-8", "windows-1252", "iso-8859-1", "iso-8859-15", "utf-16le", "utf-16be", "windows-1250", "windows-1251", "koi8-r",
	"shift_jis", "euc-kr", "gb18030", "big5",
}

// meant asks whether the nearest of the known names was meant.
func meant(name string, known []string) string {
	if near := spelling.Nearest(name, known); near != "" {
		return fmt.Sprintf(". Did you mean %q?", near)
	}
	return ": it is a name of the WHATWG Encoding Standard, such as windows-1252"
}

// decoder decodes text to UTF-8, without its byte order mark. It is nil where the text stays as it is.
func (s Source) decoder() (*encoding.Decoder, error) {
	if s.Charset == "" {
		return nil, nil
	}
	e, err := htmlindex.Get(s.Charset)
	if err != nil {
		return nil, fmt.Errorf("framing: unknown charset %q", s.Charset)
	}
	return &encoding.Decoder{Transformer: unicode.BOMOverride(e.NewDecoder())}, nil
}

// Decode returns what src holds as UTF-8: src itself where no charset is set. What the charset cannot hold becomes
// U+FFFD.
func (s Source) Decode(src io.Reader) (io.Reader, error) {
	d, err := s.decoder()
	if d == nil || err != nil {
		return src, err
	}
	return d.Reader(src), nil
}
