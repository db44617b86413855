package bolt

import (
	"slices"
	"sync"
)

// overlay is what is not in the file yet: by bucket and key the value, nil where the key is gone.
type overlay struct {
	values [buckets]map[string][]byte
	bytes  int // of keys and values

	mu     sync.Mutex // readers sort at the same time
	sorted [buckets][]string
	added  [buckets][]string // keys that are not in sorted
}

func (o *overlay) get(b bucket, key []byte) (value []byte, ok bool) {
	value, ok = o.values[b][string(key)]
	return value, ok
}

func (o *overlay) set(b bucket, key string, value []byte) {
	if o.values[b] == nil {
		o.values[b] = map[string][]byte{}
	}
	old, ok := o.values[b][key]
	if !ok {
		o.added[b] = append(o.added[b], key)
		o.bytes += len(key)
	}
	o.bytes += len(value) - len(old)
	o.values[b][key] = value
}

// touches reports whether o has a key of one of the buckets.
func (o *overlay) touches(some ...bucket) bool {
	return slices.ContainsFunc(some, func(b bucket) bool { return len(o.values[b]) > 0 })
}

// add sets everything that another overlay has.
func (o *overlay) add(more *overlay) {
	for b := range buckets {
		for key, value := range more.values[b] {
			o.set(b, key, value)
		}
	}
}

// from returns the keys of a bucket from one on, in order.
func (o *overlay) from(b bucket, key []byte) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.added[b]) > 0 {
		slices.Sort(o.added[b])
		o.sorted[b], o.added[b] = merged(o.sorted[b], o.added[b]), nil
	}
	i, _ := slices.BinarySearch(o.sorted[b], string(key))
	return o.sorted[b][i:]
}

// merged returns the strings of two sorted lists in order.
func merged(a, b []string) []string {
	out := make([]string, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0] < b[0] {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}
