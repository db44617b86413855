//go:build !race

package dynamo_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that components that are never written again are joined by the upgrade, of any layout and size; that it can be
// repeated; and that nothing is forgotten before it is at its end.
func TestUpgrade_Backfill(t *testing.T) {
	u := newUpgraded(t)
	var want, narrow []*twin.Change
	for i := range 300 {
		want = append(want, at("c:1", fmt.Sprintf("m%03d", i), 1, "1.5"))
		one := at("c:2", fmt.Sprintf("m%03d", i), 1, "1.5")
		one.Dataset = "narrow"
		narrow = append(narrow, one)
	}
	u.formerly(append(want, narrow...)...)
	var names []string
	for i := range 250 {
		name := fmt.Sprintf("d:%03d", i)
		u.formerly(at(name, "speed", 1, "1"))
		names = append(names, name)
	}
	all := append([]string{"c:1", "c:2"}, names...)
	u.lists(all[:100]...)
	if up := u.upgrade(false); up.Items != 551 || up.Left != 0 {
		t.Errorf("%+v", up)
	}
	u.lists(all[:100]...)
	u.holds("c:1", want...)
	u.holds("c:2", narrow...)
	if _, err := store.Forget(t.Context(), u.Alone, store.Target{Name: "c:1"}); err == nil ||
		!strings.Contains(err.Error(), "finish its upgrade") {
		t.Errorf("forgetting: %v", err)
	}
	u.formerly(at("e:1", "speed", 1, "1")) // the version before came back
	if err := u.Downgrade(t.Context()); err != nil {
		t.Fatal(err)
	}
	u.upgrade(false)
	if up := u.upgrade(true); up.Items != 552 {
		t.Errorf("%+v", up)
	}
	if up := u.upgrade(true); up.Items != 0 {
		t.Errorf("items are left: %+v", up)
	}
	u.holds("c:1", want...)
	u.holds("e:1", at("e:1", "speed", 1, "1"))
	u.lists(all[:100]...)
	if f, err := store.Forget(t.Context(), u.Alone, store.Target{Name: "d:", Prefix: true}); err != nil || f.Items != 250 {
		t.Errorf("forgetting: %+v, %v", f, err)
	}
	u.lists("c:1", "c:2", "e:1")
}
