//go:build !linux

package bolt

import "os"

// flush waits until a file is on the disk.
func flush(f *os.File) error { return f.Sync() }
