package swap

import (
	"context"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Key names an item: a part of what a dataset delivers for a component. Part 0 is there first, see [packed.Child].
type Key struct {
	Component, Dataset string
	Part               uint64
}

// Item is an item as it was read, or as it is to be.
type Item struct {
	packed.State
	Exists bool       // false where there is none
	Tag    packed.Tag // of the state
}

// Table keeps items. Each method does for every one of its arguments what it can, and says of each how that ended.
type Table interface {
	// Get reads items. A consistent read sees every swap that ended before it began.
	Get(ctx context.Context, keys []Key, consistent bool) []Read
	// Swap writes items, each only if it is as it was read.
	Swap(ctx context.Context, swaps []Swap) []Swapped
	// Older reads consistently what forms of before this one hold of a component and dataset: at least of the
	// metrics that are named.
	Older(ctx context.Context, queries []OlderQuery) []Older
	// Forgotten returns the forget list, and until when items may be made with it.
	Forgotten(ctx context.Context) (list *store.ForgetList, until time.Time, err error)
}

// Read is an item that was read, or why it was not.
type Read struct {
	Item
	Err error
}

// Swap replaces an item. It comes with the encoded block and the tag of the new state.
type Swap struct {
	Key
	Old   Item
	New   Item
	Block []byte
	Until time.Time // where there is no old item: the new one must not be made later
}

// Swapped is how a swap ended. Where the item was not as it was read, Changed is set, and Seen is what is there now if
// that is known.
type Swapped struct {
	Changed bool
	Seen    *Item
	Err     error
}

// OlderQuery asks for what older forms hold.
type OlderQuery struct {
	Component, Dataset string
	Metrics            []string
}

// Older is what they hold.
type Older struct {
	Entries []packed.Entry // by metric
	Floor   twin.Millis    // [packed.NoFloor] for none
	Err     error
}

// PermanentError says that an item cannot be read or written, now or later. It becomes the outcome of what was offered
// to that item.
type PermanentError struct {
	Reason twin.Reason
	Detail string // a sentence
}

func (e *PermanentError) Error() string { return e.Detail }
