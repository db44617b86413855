package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// A key is the component and the dataset, each with its zero bytes written as 00 FF and 00 01 after it, and the number
// of the part in 8 bytes. So keys are in the byte order of components, and no component's keys stand between those of
// another.

func appendName(key []byte, name string) []byte {
	for i := range len(name) {
		if key = append(key, name[i]); name[i] == 0 {
			key = append(key, 0xff)
		}
	}
	return key
}

// componentPrefix is what the keys of a component begin with.
func componentPrefix(component string) []byte {
	return append(appendName(make([]byte, 0, len(component)+64), component), 0, 1)
}

// afterComponent is what all keys of a component are below.
func afterComponent(component string) []byte { return append(appendName(nil, component), 0, 2) }

func itemKey(k swap.Key) []byte {
	key := append(appendName(componentPrefix(k.Component), k.Dataset), 0, 1)
	return binary.BigEndian.AppendUint64(key, k.Part)
}

var errCorrupt = errors.New("an item is not in the form that this version writes")

// splitKey reads a key.
func splitKey(key []byte) (k swap.Key, err error) {
	component, rest, ok := cutName(key)
	dataset, part, also := cutName(rest)
	if !ok || !also || len(part) != 8 {
		return k, errCorrupt
	}
	return swap.Key{Component: component, Dataset: dataset, Part: binary.BigEndian.Uint64(part)}, nil
}

func cutName(key []byte) (name string, rest []byte, ok bool) {
	end := bytes.Index(key, []byte{0, 1})
	if end < 0 {
		return "", nil, false
	}
	return string(bytes.ReplaceAll(key[:end], []byte{0, 0xff}, []byte{0})), key[end+2:], true
}

// A value is
//
//	1  flags: whether there is a floor, an expiry, a reading
//	   floor as varint, expiry as varint
//	   the block
const (
	hasFloor byte = 1 << iota
	hasExpiry
	hasReadings
)

// appendItem appends the value of an item with an encoded block.
func appendItem(value []byte, s *packed.State, block []byte) []byte {
	flags := byte(0)
	if s.Floor != packed.NoFloor {
		flags |= hasFloor
	}
	if s.Expiry != 0 {
		flags |= hasExpiry
	}
	if len(s.Block.Entries) > 0 {
		flags |= hasReadings
	}
	value = append(value, flags)
	if flags&hasFloor != 0 {
		value = binary.AppendVarint(value, int64(s.Floor))
	}
	if flags&hasExpiry != 0 {
		value = binary.AppendVarint(value, s.Expiry)
	}
	return append(value, block...)
}

// header is what stands before the block.
type header struct {
	flags  byte
	floor  twin.Millis
	expiry int64
}

func readHeader(value []byte) (h header, block []byte, err error) {
	if len(value) == 0 {
		return h, nil, errCorrupt
	}
	h.flags, h.floor = value[0], packed.NoFloor
	value = value[1:]
	next := func() (v int64) {
		n, size := binary.Varint(value)
		if size <= 0 {
			err = errCorrupt
			return 0
		}
		value = value[size:]
		return n
	}
	if h.flags&hasFloor != 0 {
		h.floor = twin.Millis(next())
	}
	if h.flags&hasExpiry != 0 {
		h.expiry = next()
	}
	return h, value, err
}

// openItem reads the value of an item. No value is an item that does not exist.
func openItem(value []byte) (it swap.Item, err error) {
	it.Floor = packed.NoFloor
	if value == nil {
		return it, nil
	}
	h, block, err := readHeader(value)
	if err != nil {
		return it, err
	}
	b, err := packed.Open(block)
	if err != nil {
		return it, err
	}
	it.State, it.Exists = packed.State{Block: *b, Floor: h.floor, Expiry: h.expiry}, true
	return it, nil
}
