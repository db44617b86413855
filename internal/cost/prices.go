package cost

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// hours and seconds of a month.
const (
	hours   = 730.0
	seconds = hours * 3600
)

// Prices are those of a region, in USD.
type Prices struct {
	Region string           `json:"region"`
	Date   string           `json:"date"` // year and month
	Source string           `json:"source"`
	Prices map[string]Price `json:"prices"`
}

// Price is a price in USD.
type Price struct {
	USD float64 `json:"usd"`
	Per string  `json:"per"` // what it is for
	// Derived prices were not read for the region but are those of another one times what the two differ by elsewhere.
	Derived bool `json:"derived"`
}

// String is a price with what it is for, such as 0.018/shard-hour or 0.7625/million units.
func (p Price) String() string {
	if p.USD < 1e-4 {
		return strconv.FormatFloat(p.USD*1e6, 'g', 6, 64) + "/million " + p.Per + "s"
	}
	return strconv.FormatFloat(p.USD, 'f', -1, 64) + "/" + p.Per
}

//go:embed prices.json
var table []byte

// Known are the prices that come with the program.
func Known() Prices {
	var p Prices
	if err := json.Unmarshal(table, &p); err != nil {
		panic("BUG: prices.json: " + err.Error())
	}
	return p
}

func (p Prices) of(name string) Price {
	price, ok := p.Prices[name]
	if !ok {
		panic(fmt.Sprintf("BUG: there is no price %s; there are %v", name, slices.Sorted(maps.Keys(p.Prices))))
	}
	return price
}
