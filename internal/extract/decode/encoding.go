package decode

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonText is the text of a message in UTF-8 without its byte order mark. As Flink's parser does, it
// knows UTF-16 and UTF-32 by their mark or by where the zeros are in the first four bytes.
func jsonText(msg []byte) ([]byte, *failure) {
	if len(msg) < 4 {
		if len(msg) >= 2 && (msg[0] == 0 || msg[1] == 0) {
			return fromUTF16(msg, msg[0] == 0), nil
		}
		return msg, nil
	}
	quad := binary.BigEndian.Uint32(msg)
	switch {
	case quad == 0x0000FEFF, quad == 0xFFFE0000:
		return fromUTF32(msg[4:], quad == 0x0000FEFF)
	case quad == 0x0000FFFE, quad == 0xFEFF0000:
		return nil, oddOrder()
	case quad>>16 == 0xFEFF, quad>>16 == 0xFFFE:
		return fromUTF16(msg[2:], quad>>16 == 0xFEFF), nil
	case quad>>8 == 0xEFBBBF:
		return msg[3:], nil
	case quad>>8 == 0, quad&0x00FFFFFF == 0:
		return fromUTF32(msg, quad>>8 == 0)
	case quad&^0x00FF0000 == 0, quad&^0x0000FF00 == 0:
		return nil, oddOrder()
	case msg[0] == 0, msg[1] == 0:
		return fromUTF16(msg, msg[0] == 0), nil
	}
	return msg, nil
}

func oddOrder() *failure {
	return &failure{detail: "UTF-32 with its bytes in an order that nobody uses", fatal: true}
}

func fromUTF16(b []byte, bigEndian bool) []byte {
	if bigEndian {
		return utf16BE(nil, b)
	}
	return utf16LE(nil, b)
}

func fromUTF32(b []byte, bigEndian bool) ([]byte, *failure) {
	out := make([]byte, 0, len(b)/4)
	for n := 0; len(b) >= 4; b, n = b[4:], n+4 {
		r := binary.LittleEndian.Uint32(b)
		if bigEndian {
			r = binary.BigEndian.Uint32(b)
		}
		if r > utf8.MaxRune {
			return nil, &failure{offset: n, detail: "a character that UTF-32 does not have", fatal: true}
		}
		if utf16.IsSurrogate(rune(r)) { // UTF-32 forbids it, but the parser takes it
			out = appendUnit(out, uint16(r))
		} else {
			out = utf8.AppendRune(out, rune(r))
		}
	}
	return out, nil
}
