package flink

import (
	"errors"
	"os"
	"sync"
	"testing"

	"github.com/railtwin/digitaltwin/internal/jvm"
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
	err := start()
	if errors.Is(err, jvm.ErrMissing) && os.Getenv("TWIN_REQUIRE") != "all" {
		t.Skip("real Flink:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return shared
}

// Started returns the oracle if a test has started it, else nil.
func Started() *Oracle { return shared }
