package kinesis

import (
	"encoding/base64"
	"testing"
)

// Ensure that data is written as encoding/base64 writes it, whatever its length, and that what was there stays.
func FuzzBase64(f *testing.F) {
	all := make([]byte, 300)
	for i := range all {
		all[i] = byte(i * 91)
	}
	for n := range 40 {
		f.Add(all[n : 2*n])
	}
	f.Add(all)
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, want := string(appendBase64([]byte("before "), data)), "before "+
			base64.StdEncoding.EncodeToString(data); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	})
}
