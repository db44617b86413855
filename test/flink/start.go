package flink

import (
	"sync"
	"testing"

	"github.com/railtwin/digitaltwin/internal/tier"
)

// The oracle of this test process. It ends with the process, whose end closes its input.
var (
	shared *Oracle
	start  = sync.OnceValue(func() (err error) {
		shared, err = Open()
		return err
	})
)

// Start returns the oracle that all tests of the process share. It skips the test where Java or Maven
// is missing, unless TWIN_REQUIRE is "all".
func Start(t testing.TB) *Oracle {
	t.Helper()
	tier.Flink(t, start())
	return shared
}

// Started returns the oracle if a test has started it, else nil.
func Started() *Oracle { return shared }
