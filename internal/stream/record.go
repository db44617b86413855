package stream

import "strconv"

// Record is one record of the twin stream.
type Record struct {
	Key   string // the partition key
	Data  []byte
	First int // the first source record that a change in it came from, as given to the [Packer]
}

const (
	// DefaultSize is the size in bytes that a record is filled up to: one PUT payload unit of Kinesis
	// (25 KB). Larger records cost as many units for the same bytes, and make a failed record repeat
	// more changes.
	DefaultSize = 25_000
	// MaxSize is the greatest size of a record, key included.
	MaxSize = 1 << 20
	// Keys is the number of partition keys.
	Keys = 64
)

// keys are the partition keys in decimal, so that none is made for each record.
var keys = func() (k [Keys]string) {
	for i := range k {
		k[i] = strconv.Itoa(i)
	}
	return k
}()

// PartitionKey returns hash(component) mod 64 in decimal. The changes of a component keep together, so
// that they fold where they are applied, and those of many components share records.
func PartitionKey(component string) string { return keys[bucket(component)] }

func bucket[T string | []byte](component T) int { return int(hash(component) % Keys) }

// hash is FNV-1a, folded so that every bit counts in the lowest ones.
func hash[T string | []byte](text T) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(text); i++ {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	h ^= h >> 32
	h ^= h >> 16
	return h
}
