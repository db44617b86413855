package bolt

import (
	"os"
	"syscall"
)

// flush waits until the data of a file is on the disk, and of the rest what is needed to read it.
func flush(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if err != syscall.EINTR {
			return err
		}
	}
}
