package flink

import (
	"errors"
	"os"
	"sync"
	"testing"
)

// started is the oracle of this test process. It ends with the process, whose end closes its input.
var started = sync.OnceValues(Open)

// Start returns the oracle that all tests of the process share. It skips the test where Java or Maven
// is missing, unless TWIN_REQUIRE is "all".
func Start(t testing.TB) *Oracle {
	t.Helper()
	o, err := started()
	if errors.Is(err, errMissing) && os.Getenv("TWIN_REQUIRE") != "all" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}
