// Package rejects is how inputs that could not be used are kept: a gzip file of JSON lines, one for each
// [twin.Reject], with what is wrong with it, where it came from and all of its bytes, so that it can be looked at and
// replayed once the extractor or the source is mended:
//
//	{"kind":"record","dataset":"wagons","position":"wagons/shardId-000000000003/4959","received_at":"2026-11-23T10:15:31.007Z",
//	 "problems":[{"reason":"unreadable","detail":"...","column":"motion.speedKmh","offset":117}],"more_problems":3,
//	 "payload":"{\"wagon\":..."}
//
// The payload is text where that can be read, and else base64 in payload_base64. What is unknown or empty is left out.
//
// [Encode] makes a file and [Decode] reads one, also of the former form, which had a line for each problem. [Key] names
// a file after the first record that something of is rejected and after the rejects in it: the repetition of an
// invocation writes the same file again, and no other one has its name.
package rejects

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// The folders of rejects.
const (
	ApplyFolder = "rejects/apply/" // changes that the store refused, of all datasets
	BatchFolder = "aws/lambda/"    // batches that a function could not finish, named and written by AWS Lambda
)

// ExtractFolder is where the rejects of the extractor of a dataset are.
func ExtractFolder(dataset string) string { return "rejects/extract/" + dataset + "/" }

// File is rejects as they are kept.
type File struct {
	Data []byte
	sum  string // of the rejects
}

// Encode returns rejects as a file.
func Encode(rejects []twin.Reject) File {
	var out bytes.Buffer
	z, sum := gzip.NewWriter(&out), sha256.New()
	e := json.NewEncoder(z) // which does not fail, and nothing in a line does
	e.SetEscapeHTML(false)
	for i := range rejects {
		if err := e.Encode(lineOf(&rejects[i])); err != nil {
			panic("BUG: a line of rejects cannot be written: " + err.Error())
		}
		identify(sum, &rejects[i])
	}
	if err := z.Close(); err != nil {
		panic("BUG: writing into memory failed: " + err.Error())
	}
	return File{Data: out.Bytes(), sum: hex.EncodeToString(sum.Sum(nil))[:16]}
}

// identify writes what makes a reject the one that it is. That is all of it but the sentences, which may say what time
// it was.
func identify(w io.Writer, r *twin.Reject) {
	_, _ = fmt.Fprintf(w, "%s %q %q %q %d %d %d %d ", r.Kind, r.Dataset, r.Component, r.Position, r.ReceivedAt, r.Index,
		r.More, len(r.Payload))
	for _, p := range r.Problems {
		_, _ = fmt.Fprintf(w, "%s %q %d ", p.Reason, p.Column, p.Offset)
	}
	if r.Run != "" {
		_, _ = fmt.Fprintf(w, "run %q ", r.Run)
	}
	_, _ = w.Write(r.Payload)
}

// Origin is a record that an invocation was handed: of a stream, or in an object.
type Origin struct {
	Position  twin.Position
	ArrivedAt twin.Millis
	Version   string // of the object: two objects may have had the same name. Empty for a stream
}

// maxVersion is the greatest length of an object's version in a name, in bytes. Those of Amazon S3 are shorter.
const maxVersion = 128

// Key returns the name of a file whose first reject came with the record o, below the folder prefix:
// prefix/2026/11/25/stream/shard/sequence-hash.ndjson.gz, the day being that of the record's arrival, and for an
// object prefix/2026/11/25/bucket/key/version/number-hash.ndjson.gz.
func Key(prefix string, o Origin, f File) string {
	p := o.Position
	if p.IsZero() {
		p.Sequence = "unknown"
	}
	version := url.PathEscape(o.Version)
	version = version[:min(len(version), maxVersion)]
	parts := []string{strings.TrimSuffix(prefix, "/"), o.ArrivedAt.Time().Format("2006/01/02")}
	for _, name := range []string{p.Stream, p.Shard, version, p.Sequence} {
		if name != "" {
			parts = append(parts, name)
		}
	}
	return strings.Join(parts, "/") + "-" + f.sum + ".ndjson.gz"
}
