package api

import (
	"compress/gzip"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// encoder compresses what is written to it. Encoders are kept for the next answer: a new one takes megabytes.
type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// coding is a content coding (RFC 9110, 8.4.1).
type coding struct {
	name     string
	encoders *sync.Pool // nil for one that is applied on the way to the caller
}

// The levels are those from which on a better one costs more than it saves: see BenchmarkCodings, and docs/forms.md for
// what they make of 1,000 readings. gzip at 9 takes longer for nothing. Brotli at 6 takes as long and saves less than 1
// %, and at 4 it loses the search that makes it better than gzip. Its window holds the largest page that is usual, in a
// tenth of the memory of its default.
var (
	brotliCoding = &coding{"br", &sync.Pool{New: func() any {
		return brotli.NewWriterOptions(io.Discard, brotli.WriterOptions{Quality: 5, LGWin: 18})
	}}}
	gzipCoding = &coding{"gzip", &sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(io.Discard, 8)
		if err != nil {
			panic("BUG: no such level: " + err.Error())
		}
		return w
	}}}
)

// encode returns an encoder that writes to w, for [coding.release] at the end.
func (c *coding) encode(w io.Writer) encoder {
	e := c.encoders.Get().(encoder)
	e.Reset(w)
	return e
}

// release takes back an encoder.
func (c *coding) release(e encoder) {
	e.Reset(io.Discard)
	c.encoders.Put(e)
}

// preferred returns the coding that the fields of Accept-Encoding like best: the first of those that they like the
// same. It is nil where they take none, or like the body as it is better (RFC 9110, 12.5.3). Who sends no such header
// gets what is sure to be understood.
func preferred(fields []string, codings []*coding) *coding {
	qualities := codingQualities(fields)
	best, most := (*coding)(nil), qualities["identity"]
	for _, c := range codings {
		q, named := qualities[c.name]
		if !named {
			q = qualities["*"]
		}
		if q > most || best == nil && q == most && q > 0 {
			best, most = c, q
		}
	}
	return best
}

// codingQualities returns how much the fields of Accept-Encoding like each coding that they name, or * for all others:
// 0 to 1. What is no quality is 0.
func codingQualities(fields []string) map[string]float64 {
	qualities := map[string]float64{}
	for _, field := range fields {
		for one := range strings.SplitSeq(field, ",") {
			name, parameter, _ := strings.Cut(one, ";")
			name = strings.ToLower(strings.TrimSpace(name))
			quality := 1.0
			if q, given := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(parameter, " ", "")), "q="); given {
				var err error
				if quality, err = strconv.ParseFloat(q, 64); err != nil || !(quality >= 0 && quality <= 1) {
					quality = 0
				}
			}
			if name == "x-gzip" { // another name of it, for very old callers
				name = "gzip"
			}
			qualities[name] = quality
		}
	}
	return qualities
}
