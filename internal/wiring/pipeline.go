package wiring

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// Pipeline is what the deployment says of a dataset to functions/operate and functions/inside: how its records were
// read, and by whom. It lies beside the catalogue entry, as JSON.
type Pipeline struct {
	SQL       string            `json:"sql"` // the extractor, see [PackSQL]
	Framing   Framing           `json:"framing"`
	Charset   string            `json:"charset,omitempty"`
	Flink     bool              `json:"flink,omitempty"`     // runs it
	Sources   map[string]string `json:"sources"`             // of each table, as in [Sources]
	Functions []string          `json:"functions,omitempty"` // the ARNs of those that run it

	Reader       string `json:"reader,omitempty"`       // the ARN of the role that reads its streams
	ObjectReader string `json:"objectReader,omitempty"` // the same of its objects
}

// PipelineProperty is the property of the custom resource that functions/catalogue answers: a [Pipeline] as JSON.
const PipelineProperty = "Pipeline"

// maxSQL is the greatest length of an extractor in bytes.
const maxSQL = 1 << 20

// PackSQL writes an SQL file as text of some letters only, a third as long.
func PackSQL(sql []byte) string {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = z.Write(sql) // into memory, which does not fail
	_ = z.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// Extractor returns the SQL, and nil where it does not have this hash, as the catalogue has it: the catalogue entry and
// the pipeline are two items, and between their writes one is of another version.
func (p *Pipeline) Extractor(hash string) (sql []byte, err error) {
	if sql, err = unpackSQL(p.SQL); err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(sql); hash == "" || !strings.HasPrefix(hex.EncodeToString(sum[:]), hash) {
		return nil, nil
	}
	return sql, nil
}

// unpackSQL reads what [PackSQL] wrote.
func unpackSQL(text string) ([]byte, error) {
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("wiring: the SQL of a pipeline: %w", err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("wiring: the SQL of a pipeline: %w", err)
	}
	sql, err := io.ReadAll(io.LimitReader(z, maxSQL))
	if err != nil {
		return nil, fmt.Errorf("wiring: the SQL of a pipeline: %w", err)
	}
	return sql, nil
}
