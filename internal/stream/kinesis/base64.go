package kinesis

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
)

// pairs are the two characters that stand for twelve bits.
var pairs = func() (p [1 << 12]uint16) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range p {
		p[i] = uint16(alphabet[i>>6]) | uint16(alphabet[i&63])<<8
	}
	return p
}()

// appendBase64 appends what [base64.StdEncoding] does, six bytes at a time, which is twice as fast.
func appendBase64(dst, src []byte) []byte {
	start, size := len(dst), base64.StdEncoding.EncodedLen(len(src))
	dst = slices.Grow(dst, size)[:start+size]
	out := dst[start:]
	for len(src) >= 8 && len(out) >= 8 { // eight are read, of which six are written
		v := binary.BigEndian.Uint64(src)
		binary.LittleEndian.PutUint64(out, uint64(pairs[v>>52])|uint64(pairs[v>>40&0xfff])<<16|
			uint64(pairs[v>>28&0xfff])<<32|uint64(pairs[v>>16&0xfff])<<48)
		src, out = src[6:], out[8:]
	}
	base64.StdEncoding.Encode(out, src)
	return dst
}
