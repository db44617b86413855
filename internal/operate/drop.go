package operate

import (
	"context"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// drop removes rejects. A file that has others too gives way to one of those. What was replayed stays.
func (w *work) drop(ctx context.Context) error {
	return w.eachFile(ctx, func(ctx context.Context, name string) (remove bool, err error) {
		o, err := w.open(ctx, name)
		if err != nil || o == nil || o.mark.Replayed != "" {
			return false, err
		}
		var others []twin.Reject
		for _, r := range o.list {
			if !w.selects(&r) {
				others = append(others, r)
			}
		}
		dropped := len(o.list) - len(others)
		w.Counts.Files++
		w.Counts.Records += int64(dropped)
		if dropped == 0 || w.Dry() {
			return false, nil
		}
		return true, w.keepByKind(ctx, others, Mark{Split: w.ID})
	})
}
