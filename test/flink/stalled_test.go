package flink_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/test/flink"
)

// Ensure that a request which makes no progress is reported as such, with what was waited for, and not as what
// Flink makes of the SQL; and that the JVM goes on with others.
func TestStalled(t *testing.T) {
	o := *flink.Start(t)
	patience := o.Patience
	o.Patience = 0
	_, err := o.Run(table+"INSERT INTO digitaltwin (component) SELECT s FROM t", records(`{"s":"x"}`))
	if !errors.Is(err, flink.ErrStalled) || !strings.Contains(err.Error(), "s of CPU time and ") ||
		!strings.Contains(err.Error(), "without progress, waiting for ") {
		t.Errorf("Run: %v", err)
	}
	_, err = o.Eval(table, "t", []string{"a + 1", "1 / a"}, records(`{"a":0}`))
	if !errors.Is(err, flink.ErrStalled) {
		t.Errorf("Eval: %v", err)
	}
	o.Patience = patience
	if got, err := o.Run(table+"INSERT INTO digitaltwin (component) SELECT s FROM t", records(`{"s":"x"}`)); err != nil ||
		len(got.Rows[0]) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}
