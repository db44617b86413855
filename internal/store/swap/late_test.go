package swap

import (
	"fmt"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that a change counts as late only after a consistent read. This is seed 42 of the sketch: a stale read shows a
// greater rank, which was forgotten meanwhile, and a replay that is above the floor was lost.
func TestSeed42_LateByAStaleRead(t *testing.T) {
	runs, err := explore(func(x *explorer) error { return seed42(x, "") })
	if err != nil {
		t.Error(err)
	}
	if runs < 2 {
		t.Errorf("%d orders: nothing was stale", runs)
	}
	if _, err := explore(func(x *explorer) error { return seed42(x, staleAgain) }); err == nil {
		t.Error("it is not found where the second read is stale too")
	}
}

func seed42(x *explorer, f fault) error {
	w := newWorld(x)
	w.stale, w.fault = true, f
	w.seed(changes{change("a", 9)})
	forgotten := packed.State{Floor: 5}
	w.set(Key{"c", "d", part0}, Item{State: forgotten, Exists: true,
		Tag: packed.TagOf(forgotten.Floor, forgotten.Block.Append(nil))})
	var outcomes []store.Result
	var failed error
	if err := x.run(func(a *actor) { outcomes, failed = side{w, a}.write(changes{change("a", 7)}) }); err != nil ||
		failed != nil {
		return fmt.Errorf("%w, %w", err, failed)
	}
	if served := w.served(); outcomes[0].Outcome != store.Applied || served["a"].EventTime != twin.Millis(7) {
		return fmt.Errorf("it ended as %+v, and %+v is served", outcomes[0], served)
	}
	return nil
}
