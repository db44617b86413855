package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"strings"

	"github.com/railtwin/digitaltwin/internal/problem"
)

// position is how far a list was read: up to and with this metric of this component, or with all of the
// component where there is no metric.
type position struct {
	component, metric string
}

// cursorVersion is the first byte of a cursor. A change to what follows raises it.
const cursorVersion = 1

// A cursor is base64url, without padding, of
//
//	version     1
//	filters     8  the head of SHA-256 over the path and the filters of the list
//	place       where in the list
//	checksum    4  CRC-32 of all before it, big-endian
//
// The place in a list of pages is a uvarint length of a component, the component, and a metric that may be empty; that
// in the change feed is in changes_cursor.go. It carries nothing but what its caller was told, so it needs no secret:
// who makes up a cursor gets a page of what he may read anyway.
const cursorFilters, cursorChecksum = 8, 4

// sealCursor appends the cursor for a place of the list with these filters.
func sealCursor(b []byte, filters []string, place []byte) []byte {
	c := make([]byte, 0, 1+cursorFilters+len(place)+cursorChecksum)
	c = append(c, cursorVersion)
	c = appendFilters(c, filters)
	c = append(c, place...)
	c = binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c))
	return base64.RawURLEncoding.AppendEncode(b, c)
}

// openCursor returns the place of a cursor of the list with these filters.
func openCursor(s string, filters []string) (place []byte, err error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) == 0 || strings.ContainsAny(s, "\r\n") { // which the decoder skips
		return nil, wrongCursor("it is not base64url text. Use the cursor of the previous page as it is.")
	}
	if b[0] != cursorVersion {
		return nil, wrongCursor("it is damaged, or of another version of the API. Start again without a cursor.")
	}
	n := len(b) - cursorChecksum
	if n < 1+cursorFilters || crc32.ChecksumIEEE(b[:n]) != binary.BigEndian.Uint32(b[n:]) {
		return nil, wrongCursor("it is damaged or incomplete. Use the cursor of the previous page as it is.")
	}
	if !bytes.Equal(b[1:1+cursorFilters], appendFilters(nil, filters)) {
		return nil, wrongCursor("it belongs to another list. Keep the path and all filters of the first page.")
	}
	return b[1+cursorFilters : n], nil
}

// appendCursor appends the cursor for the page after p of the list with these filters.
func appendCursor(b []byte, filters []string, p position) []byte {
	place := make([]byte, 0, binary.MaxVarintLen16+len(p.component)+len(p.metric))
	place = binary.AppendUvarint(place, uint64(len(p.component)))
	place = append(place, p.component...)
	return sealCursor(b, filters, append(place, p.metric...))
}

// parseCursor reads a cursor of the list with these filters.
func parseCursor(s string, filters []string) (position, error) {
	place, err := openCursor(s, filters)
	if err != nil {
		return position{}, err
	}
	length, k := binary.Uvarint(place)
	if k <= 0 || length == 0 || length > uint64(len(place)-k) {
		return position{}, wrongCursor("it is damaged. Use the cursor of the previous page as it is.")
	}
	rest := place[k:]
	return position{string(rest[:length]), string(rest[length:])}, nil
}

func wrongCursor(detail string) *problem.Problem {
	return invalidCursor.New("Invalid cursor: %s", detail).About("cursor")
}

// appendFilters appends the head of the hash of filters.
func appendFilters(b []byte, filters []string) []byte {
	var text []byte
	for _, f := range filters {
		text = binary.AppendUvarint(text, uint64(len(f)))
		text = append(text, f...)
	}
	sum := sha256.Sum256(text)
	return append(b, sum[:cursorFilters]...)
}
