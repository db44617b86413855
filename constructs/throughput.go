package constructs

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/jsii-runtime-go"
)

// Throughput bounds and warms a table that is paid by request, and its index with it.
type Throughput struct {
	// MaxRead and MaxWrite are the most units a second that are served and paid, 1 or more; what is above is throttled
	// and retried. A cap is what a mistake can cost. Default: none.
	MaxRead  int `json:"maxRead"`
	MaxWrite int `json:"maxWrite"`
	// WarmRead and WarmWrite are the units a second that are served at once, without growing into them: at least 12,000
	// and 4,000, which a new table serves anyway. More is paid for once, and cannot be taken back. Default: what a
	// table has by itself.
	WarmRead  int `json:"warmRead"`
	WarmWrite int `json:"warmWrite"`
}

const leastWarmRead, leastWarmWrite = 12_000, 4_000

func (t *Throughput) check() []error {
	if t == nil {
		return nil
	}
	var errs []error
	if t.MaxRead < 0 || t.MaxWrite < 0 {
		errs = append(errs, fmt.Errorf("throughput has maxRead %d and maxWrite %d: want units a second, or nothing",
			t.MaxRead, t.MaxWrite))
	}
	for _, w := range []struct {
		name             string
		warm, least, max int
	}{
		{"Read", t.WarmRead, leastWarmRead, t.MaxRead}, {"Write", t.WarmWrite, leastWarmWrite, t.MaxWrite},
	} {
		if w.warm != 0 && w.warm < w.least {
			errs = append(errs, fmt.Errorf("throughput.warm%s is %d: want at least %d, which a table has by itself", w.name,
				w.warm, w.least))
		}
		if w.warm > 0 && w.max > 0 && w.warm > w.max {
			errs = append(errs, fmt.Errorf("throughput.warm%s is %d and max%s %d: what is above the cap need not be warm",
				w.name, w.warm, w.name, w.max))
		}
	}
	return errs
}

// apply sets the bounds of the table and of its indexes: a write that an index refuses is refused.
func (t *Throughput) apply(table *awsdynamodb.TableProps, indexes ...*awsdynamodb.GlobalSecondaryIndexProps) {
	if t.MaxRead > 0 {
		table.MaxReadRequestUnits = num(t.MaxRead)
	}
	if t.MaxWrite > 0 {
		table.MaxWriteRequestUnits = num(t.MaxWrite)
	}
	if t.WarmRead > 0 || t.WarmWrite > 0 {
		table.WarmThroughput = &awsdynamodb.WarmThroughput{
			ReadUnitsPerSecond:  jsii.Number(max(t.WarmRead, leastWarmRead)),
			WriteUnitsPerSecond: jsii.Number(max(t.WarmWrite, leastWarmWrite)),
		}
	}
	for _, index := range indexes {
		index.MaxReadRequestUnits, index.MaxWriteRequestUnits = table.MaxReadRequestUnits, table.MaxWriteRequestUnits
		index.WarmThroughput = table.WarmThroughput
	}
}
