package start

import (
	"runtime/debug"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// boundMemory makes the garbage collector work harder before the process exceeds the memory of the function. By itself
// it lets the heap double, and AWS Lambda ends a process that grows beyond its memory.
func boundMemory() {
	e, err := wiring.FromEnv[wiring.AWS]()
	if err != nil {
		return // whoever needs it says what is missing
	}
	if mb, err := strconv.ParseInt(e.MemoryMB, 10, 32); err == nil && mb > 0 {
		debug.SetMemoryLimit(mb << 20 / 10 * 9) // the rest is for what is not the heap
	}
}
