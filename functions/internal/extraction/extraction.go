// Package extraction is what the functions that run an extractor have in common; they differ in what hands
// them the records, and in what they answer.
//
// An [Extraction] is a function's memory, used from invocation to invocation. A [Batch] is one invocation, or
// a part of it: [Batch.Add] runs a record and packs its changes, [Batch.Finish] puts them into the twin
// stream, keeps what could not be used, and says how many of the records are done for good. It fails on
// faults of the infrastructure only; records may be repeated after one, which does no harm.
package extraction

import (
	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Config is what an extraction is made of. Every field is needed.
type Config struct {
	batch.Config
	Source  framing.Source // how source records lie in the records that are added
	Program *extract.Program
	Sink    stream.Sink // the twin stream
}

// Extraction runs records through an extractor. It belongs to one goroutine.
type Extraction struct {
	Config
	dataset twin.Dataset
	output  *extract.Output
	packer  *stream.Packer
}

// New returns an extraction.
func New(c Config) *Extraction {
	d := c.Program.Dataset()
	return &Extraction{
		Config: c, dataset: d,
		output: c.Program.NewOutput(),
		packer: stream.NewPacker(d, 0),
	}
}
