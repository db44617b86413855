package boltfile

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// options are those that make bbolt look at every page when it opens a file.
var options = bbolt.Options{NoSync: true, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType, PageSize: 1 << 10}

// database writes a database of many pages, some of them large, with buckets in buckets, and returns its bytes.
func database(tb testing.TB, keys int) []byte {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "db")
	db, err := bbolt.Open(path, 0o600, &options)
	if err != nil {
		tb.Fatal(err)
	}
	for round := range 3 { // so that there are free pages too
		err := db.Update(func(tx *bbolt.Tx) error {
			for _, name := range []string{"items", "empty", "small"} {
				b, err := tx.CreateBucketIfNotExists([]byte(name))
				if err != nil {
					return err
				}
				below, err := b.CreateBucketIfNotExists([]byte("a bucket in a bucket"))
				if err != nil {
					return err
				}
				n := map[string]int{"items": keys, "small": 3}[name]
				for i := round; i < n; i += 2 {
					key := fmt.Appendf(nil, "key %05d", i)
					if err := errors.Join(b.Put(key, make([]byte, i%700)), below.Put(key, key)); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		tb.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return file
}

// read opens a file with bbolt and reads all of it. On a file that [Check] should have refused, it may end the process.
func read(tb testing.TB, file []byte) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		tb.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, &options)
	if err != nil {
		return
	}
	defer db.Close()
	err = db.Update(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(_ []byte, b *bbolt.Bucket) error {
			return b.ForEach(func(k, v []byte) error {
				if v != nil && !bytes.Equal(b.Get(k), v) {
					return fmt.Errorf("%q is not found", k)
				}
				return nil
			})
		})
	})
	if err != nil {
		tb.Error(err)
	}
}

// Ensure that a whole file is whole, whatever its size, and that one of another program is told from a damaged one.
func TestCheck(t *testing.T) {
	for _, keys := range []int{0, 1, 50, 5000} {
		file := database(t, keys)
		if err := check(bytes.NewReader(file), int64(len(file))); err != nil {
			t.Errorf("%d keys: %v", keys, err)
		}
		read(t, file)
		first, second := bytes.Clone(file), bytes.Clone(file)
		copy(first[16:], make([]byte, 64))
		copy(second[1<<10+16:], make([]byte, 64))
		for name, one := range map[string][]byte{"first": first, "second": second} { // the other head is there for this
			if err := check(bytes.NewReader(one), int64(len(one))); err != nil {
				t.Errorf("%d keys, without the %s head: %v", keys, name, err)
			}
		}
	}
	dir := t.TempDir()
	for name, want := range map[string]error{"": nil, "text": ErrForeign, "\x00": ErrForeign,
		string(make([]byte, 100_000)): ErrForeign} {
		path := filepath.Join(dir, "db")
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Check(path); !errors.Is(err, want) {
			t.Errorf("%.10q: %v, want %v", name, err, want)
		}
	}
	if err := Check(filepath.Join(dir, "nowhere")); err != nil {
		t.Error(err)
	}
	if err := Check(dir); err == nil {
		t.Error("a folder is whole")
	}
}

// Ensure that whatever is damaged, bbolt bears each file that is found whole, and that damage to the pages is mostly
// found.
func TestCheck_Damaged(t *testing.T) {
	good := database(t, 300)
	found := 0
	const rounds = 300
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(3, seed))
		file := bytes.Clone(good)
		switch seed % 4 {
		case 0:
			file = file[:r.IntN(len(file))]
		case 1:
			page := r.IntN(len(file)/1024) * 1024
			for i := range 1024 {
				file[page+i] = byte(r.Uint32())
			}
		default:
			for range 1 << r.IntN(7) {
				at := r.IntN(len(file)/1024)*1024 + r.IntN(64) // heads of pages and elements
				file[at] = byte(r.Uint32())
			}
		}
		if err := check(bytes.NewReader(file), int64(len(file))); err != nil {
			found++
			continue
		}
		read(t, file)
	}
	if found < rounds/3 {
		t.Errorf("%d of %d damaged files are refused", found, rounds)
	}
}

// FuzzCheck damages a file in two places.
func FuzzCheck(f *testing.F) {
	good := database(f, 120)
	f.Add(uint32(2048), uint64(0), uint32(5000), uint64(1))
	f.Add(uint32(16), uint64(1<<63), uint32(1024+16), uint64(7))
	f.Fuzz(func(t *testing.T, at uint32, word uint64, and uint32, other uint64) {
		file := bytes.Clone(good)
		for _, d := range []struct {
			at   uint32
			word uint64
		}{{at, word}, {and, other}} {
			start := int(d.at) % (len(file) - 8)
			for i := range 8 {
				file[start+i] = byte(d.word >> (8 * i))
			}
		}
		if check(bytes.NewReader(file), int64(len(file))) == nil {
			read(t, file)
		}
	})
}
