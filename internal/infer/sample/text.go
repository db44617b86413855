package sample

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// unpack returns up to most+1 bytes of what src holds, unpacked if it is gzip.
func unpack(src io.Reader, most int) ([]byte, error) {
	r := bufio.NewReader(src)
	var text io.Reader = r
	if start, _ := r.Peek(2); len(start) == 2 && start[0] == 0x1f && start[1] == 0x8b {
		unpacked, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("unpack gzip: %w", err)
		}
		text = unpacked
	}
	b, err := io.ReadAll(io.LimitReader(text, int64(most)+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return b, nil
}

// decode returns the text as UTF-8 without its byte order mark, and the charset that it is written in, "" for UTF-8.
// What is no UTF-8 and has no byte order mark is taken for windows-1252, in which any byte but five is a character.
func decode(text []byte, cut bool) (out []byte, charset string, bom bool) {
	switch {
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return text[3:], "", true
	case bytes.HasPrefix(text, []byte("\xff\xfe")):
		return transform(text, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)), "utf-16le", true
	case bytes.HasPrefix(text, []byte("\xfe\xff")):
		return transform(text, unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)), "utf-16be", true
	}
	if cut { // maybe within a character
		for n := 1; n < utf8.UTFMax && n < len(text); n++ {
			if utf8.RuneStart(text[len(text)-n]) {
				if !utf8.FullRune(text[len(text)-n:]) {
					text = text[:len(text)-n]
				}
				break
			}
		}
	}
	if utf8.Valid(text) {
		return text, "", false
	}
	return transform(text, charmap.Windows1252), "windows-1252", false
}

func transform(text []byte, e encoding.Encoding) []byte {
	out, err := e.NewDecoder().Bytes(text)
	if err != nil {
		return text // what is left of half a character is seen where the text is parsed
	}
	return out
}
