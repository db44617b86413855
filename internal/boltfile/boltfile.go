// Package boltfile checks that a file of bbolt is whole before bbolt opens it.
//
// On a damaged file bbolt does not return an error: it panics, touches memory beyond the file, or walks in a circle,
// partly in a goroutine of its own, where nobody can recover. [Check] reads the pages that bbolt would, within the
// bounds of the file, by the layout of go.etcd.io/bbolt/internal/common (version 2 of the format).
package boltfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// ErrForeign says that a file is not one of bbolt, or that both of its heads are damaged.
var ErrForeign = errors.New("it is not a database of bbolt")

const (
	magic      = 0xED0CDAED
	version    = 2
	headerSize = 16 // of a page: id 8, flags 2, elements 2, further pages 4
	metaSize   = 64
	branchFlag = 0x01
	leafFlag   = 0x02
	bucketFlag = 0x01 // of an element of a leaf
	maxDepth   = 64   // of pages within pages and buckets within buckets; a whole tree has five levels or so
)

// file is a file that is being checked.
type file struct {
	io.ReaderAt
	size     int64
	pageSize int64
	pages    uint64 // the first number that is no page
	seen     map[uint64]bool
}

// Check returns what is wrong with the file at path, nil where it is whole, empty or not there. It is nil as well where
// another process has the file open, which may be writing it: bbolt refuses it.
func Check(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	if err := check(f, info.Size()); err != nil && !locked(path) {
		return err
	}
	return nil
}

// locked reports whether another process has the file open.
func locked(path string) bool {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: 100 * time.Millisecond})
	if err == nil {
		db.Close()
	}
	return errors.Is(err, berrors.ErrTimeout)
}

func check(r io.ReaderAt, size int64) error {
	f := &file{ReaderAt: r, size: size, seen: map[uint64]bool{0: true, 1: true}}
	root, err := f.meta()
	if err != nil {
		return err
	}
	return f.page(root, nil, nil, 0)
}

// meta reads the newer of the two heads that is whole, and returns the page of the root.
func (f *file) meta() (root uint64, err error) {
	found, newest := false, uint64(0)
	read := func(offset int64) {
		b := make([]byte, metaSize)
		if _, err := f.ReadAt(b, offset+headerSize); err != nil {
			return
		}
		sum := fnv.New64a()
		sum.Write(b[:56])
		word := binary.NativeEndian
		if word.Uint32(b) != magic || word.Uint32(b[4:]) != version || word.Uint64(b[56:]) != sum.Sum64() {
			return
		}
		if tx := word.Uint64(b[48:]); !found || tx > newest {
			found, newest = true, tx
			f.pageSize, root, f.pages = int64(word.Uint32(b[8:])), word.Uint64(b[16:]), word.Uint64(b[40:])
		}
	}
	read(0)
	if found {
		read(f.pageSize)
	}
	for size := int64(1 << 10); !found && size <= 16<<20; size *= 2 { // the first one is damaged, and says no size
		read(size)
	}
	switch {
	case !found:
		return 0, ErrForeign
	case f.pageSize < 1<<10 || f.pageSize > 16<<20:
		return 0, fmt.Errorf("pages of %d bytes", f.pageSize)
	case f.pages > uint64(f.size/f.pageSize):
		return 0, fmt.Errorf("%d pages, and the file has %d bytes: it is cut off", f.pages, f.size)
	}
	return root, nil
}

// page checks a page and those below it. Its keys are from low on, and less than high; nil is no bound.
func (f *file) page(id uint64, low, high []byte, depth int) error {
	if id >= f.pages || depth > maxDepth {
		return fmt.Errorf("page %d is beyond the end", id)
	}
	b := make([]byte, f.pageSize)
	if _, err := f.ReadAt(b, int64(id)*f.pageSize); err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	more := uint64(binary.NativeEndian.Uint32(b[12:]))
	if binary.NativeEndian.Uint64(b) != id || more >= f.pages-id {
		return fmt.Errorf("page %d is damaged", id)
	}
	for i := id; i <= id+more; i++ {
		if f.seen[i] {
			return fmt.Errorf("page %d is used twice", i)
		}
		f.seen[i] = true
	}
	if more > 0 {
		b = append(b, make([]byte, int64(more)*f.pageSize)...)
		if _, err := f.ReadAt(b, int64(id)*f.pageSize); err != nil {
			return fmt.Errorf("page %d: %w", id, err)
		}
	}
	if err := f.elements(b, low, high, depth); err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	return nil
}

// element is an element of a page: of a leaf with a value, of a branch with a page.
type element struct {
	key, value     []byte
	page           uint64
	branch, bucket bool
}

// elements checks the elements of a page, or of the page that a small bucket is in its parent.
func (f *file) elements(b, low, high []byte, depth int) error {
	flags := binary.NativeEndian.Uint16(b[8:])
	n := int(binary.NativeEndian.Uint16(b[10:]))
	if flags != branchFlag && flags != leafFlag {
		return fmt.Errorf("it has the type %#x", flags)
	}
	if flags == branchFlag && n == 0 || headerSize+n*16 > len(b) {
		return fmt.Errorf("it has %d elements", n)
	}
	before := low
	var last *element
	for i := range n {
		e, ok := elementAt(b, headerSize+i*16, flags)
		if !ok {
			return fmt.Errorf("element %d is beyond its end", i)
		}
		c := bytes.Compare(e.key, before)
		if c < 0 || c == 0 && last != nil || high != nil && bytes.Compare(e.key, high) >= 0 {
			return fmt.Errorf("element %d is not in order", i)
		}
		if last != nil {
			if err := f.below(last, e.key, depth); err != nil {
				return err
			}
		}
		before, last = e.key, &e
	}
	if last == nil {
		return nil
	}
	return f.below(last, high, depth)
}

// elementAt reads the element whose head is at an offset.
func elementAt(b []byte, at int, flags uint16) (e element, ok bool) {
	word := binary.NativeEndian
	number := func(i int) uint64 { return uint64(word.Uint32(b[at+4*i:])) }
	var start, size, value uint64
	if e.branch = flags == branchFlag; e.branch {
		start, size, e.page = number(0), number(1), word.Uint64(b[at+8:])
	} else {
		e.bucket = number(0)&bucketFlag != 0
		start, size, value = number(1), number(2), number(3)
	}
	start += uint64(at)
	if start+size+value > uint64(len(b)) {
		return e, false
	}
	e.key, e.value = b[start:start+size], b[start+size:start+size+value]
	return e, true
}

// below checks what an element leads to; next is the key of the element after it.
func (f *file) below(e *element, next []byte, depth int) error {
	switch {
	case e.branch:
		return f.page(e.page, e.key, next, depth+1)
	case !e.bucket:
		return nil
	case len(e.value) < headerSize: // its root 8, a counter 8
		return fmt.Errorf("the bucket %q is damaged", e.key)
	}
	if root := binary.NativeEndian.Uint64(e.value); root != 0 {
		return f.page(root, nil, nil, depth+1)
	}
	inline := e.value[headerSize:]
	if len(inline) < headerSize {
		return fmt.Errorf("the bucket %q is damaged", e.key)
	}
	return f.elements(inline, nil, nil, depth+1)
}
