package survey

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/framing"
)

var byteOrderMark = []byte("\ufeff")

// text is how the text of records is written.
type text struct {
	marks   group
	invalid group
	at      int
	sample  byte
	charset string
}

func (t *text) add(r *Record) {
	if bytes.HasPrefix(r.Data, byteOrderMark) {
		t.marks.add(r)
	}
	wide := utf16(r.Data)
	at := invalidAt(r.Data)
	if wide == "" && at < 0 {
		return
	}
	if t.invalid.add(r); t.invalid.n == 1 {
		t.charset, t.at = "windows-1252", max(at, 0)
		if wide != "" {
			t.charset = wide
		}
		t.sample = r.Data[t.at]
	}
}

// invalidAt returns where the first byte stands that is not UTF-8, -1 where all is.
func invalidAt(data []byte) int {
	for i := 0; i < len(data); {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// utf16 names the kind of UTF-16 that a text looks like, "" for none: every other byte of the head is 0.
func utf16(data []byte) string {
	head := data[:min(len(data), 64)]
	if len(head) < 4 {
		return ""
	}
	var zero [2]int
	for i, b := range head {
		if b == 0 {
			zero[i%2]++
		}
	}
	switch most := len(head) * 2 / 5; {
	case zero[1] >= most:
		return "utf-16le"
	case zero[0] >= most:
		return "utf-16be"
	}
	return ""
}

func (t *text) findings() (all []Finding) {
	cure := func(charset string) string {
		return fmt.Sprintf(
			`write {"charset": %q} into %s beside the file, and "charset": %[1]q into the dataset's settings in cdk.json`,
			charset, framing.SourceFile)
	}
	if t.marks.n > 0 {
		all = append(all, Finding{ByteOrderMark, fmt.Sprintf("%s with a byte order mark (EF BB BF), first %s: json reads "+
			"on after it, csv and raw take it for text",
			begin(t.marks.n), t.marks.first), cure("utf-8")})
	}
	if t.invalid.n > 0 {
		all = append(all, Finding{Charset, fmt.Sprintf("%s not UTF-8, first %s at byte %d (%02X): what cannot be read "+
			"becomes U+FFFD",
			are(t.invalid.n), t.invalid.first, t.at, t.sample), "if the text is " + t.charset + ": " + cure(t.charset)})
	}
	return all
}

func begin(n int) string {
	if n == 1 {
		return "1 record begins"
	}
	return fmt.Sprintf("%d records begin", n)
}

func are(n int) string {
	if n == 1 {
		return "1 record is"
	}
	return fmt.Sprintf("%d records are", n)
}
