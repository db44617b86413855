package constructs

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
)

// Capacity is what a table has that is paid by the hour: units a second that follow the use between two
// bounds. For telemetry that flows steadily it costs about 40 % of a table that is paid by request; for
// one that idles most of the day it costs more.
type Capacity struct {
	Read  Range `json:"read"`
	Write Range `json:"write"`
	// IndexRead and IndexWrite are of each of the indexes that list components. They are written only when
	// a component appears. Default: 1 to the greatest of the table's.
	IndexRead  Range `json:"indexRead"`
	IndexWrite Range `json:"indexWrite"`
	// Utilisation is the share in percent of the capacity that is to be in use, 20 to 90. Default: 70.
	Utilisation int `json:"utilisation"`
}

// Range is the least and the greatest number of units a second.
type Range struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

func (c *Capacity) check() []error {
	if c == nil {
		return nil
	}
	var errs []error
	for _, r := range []struct {
		name     string
		r        Range
		optional bool
	}{
		{"read", c.Read, false}, {"write", c.Write, false},
		{"indexRead", c.IndexRead, true}, {"indexWrite", c.IndexWrite, true},
	} {
		if r.optional && r.r == (Range{}) {
			continue
		}
		if r.r.Min < 1 || r.r.Max < r.r.Min {
			errs = append(errs, fmt.Errorf("capacity.%s is %d to %d: want a min of at least 1, and a max that is not less",
				r.name, r.r.Min, r.r.Max))
		}
	}
	if c.Utilisation != 0 && (c.Utilisation < 20 || c.Utilisation > 90) {
		errs = append(errs, fmt.Errorf("capacity.utilisation is %d: want 20 to 90 percent", c.Utilisation))
	}
	return errs
}

// scale makes the capacity of the table and its index follow their use.
func (c *Capacity) scale(table awsdynamodb.Table) {
	target := &awsdynamodb.UtilizationScalingProps{TargetUtilizationPercent: num(c.Utilisation)}
	if c.Utilisation == 0 {
		target.TargetUtilizationPercent = num(70)
	}
	table.AutoScaleReadCapacity(c.Read.scaling()).ScaleOnUtilization(target)
	table.AutoScaleWriteCapacity(c.Write.scaling()).ScaleOnUtilization(target)
	for _, index := range indexes {
		table.AutoScaleGlobalSecondaryIndexReadCapacity(str(index.name), c.indexRead().scaling()).ScaleOnUtilization(target)
		table.AutoScaleGlobalSecondaryIndexWriteCapacity(str(index.name), c.indexWrite().scaling()).ScaleOnUtilization(target)
	}
}

func (c *Capacity) indexRead() Range  { return c.IndexRead.or(Range{1, c.Read.Max}) }
func (c *Capacity) indexWrite() Range { return c.IndexWrite.or(Range{1, c.Write.Max}) }

func (r Range) or(other Range) Range {
	if r == (Range{}) {
		return other
	}
	return r
}

func (r Range) scaling() *awsdynamodb.EnableScalingProps {
	return &awsdynamodb.EnableScalingProps{MinCapacity: num(r.Min), MaxCapacity: num(r.Max)}
}
