package operate

import "github.com/railtwin/digitaltwin/internal/twin"

// add adds what a part of a run has counted.
func (c *Counts) add(o *Counts) {
	c.Files += o.Files
	c.Records += o.Records
	c.Changes += o.Changes
	c.Passed += o.Passed
	c.Skipped += o.Skipped
	c.Nothing += o.Nothing
	c.Components += o.Components
	c.Readings += o.Readings
	c.Items += o.Items
	c.AtLeast = c.AtLeast || o.AtLeast
	for reason, n := range o.Rejected {
		c.reject(reason, n)
	}
}

func (c *Counts) reject(reason twin.Reason, n int64) {
	if c.Rejected == nil {
		c.Rejected = map[twin.Reason]int64{}
	}
	c.Rejected[reason] += n
}
