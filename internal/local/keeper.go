package local

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/operate"
	rejectfiles "github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// A keeper writes a file when it has so many rejects of a folder, so many bytes, or after a while.
const (
	keepRejects = 1000
	keepBytes   = 4 << 20
	keepEvery   = time.Second
)

// keeper keeps rejects in files: those of an extractor by dataset, and changes of all datasets together. A twin that is
// killed loses what came in the last second.
type keeper struct {
	files operate.Rejects
	log   *slog.Logger

	mu      sync.Mutex
	waiting map[string]*batchOfRejects // by folder
	failed  bool                       // the last file was not written: the log has it once
}

type batchOfRejects struct {
	list  []twin.Reject
	bytes int
}

// add keeps a reject, in memory of its own. Where its file is full it is written at once.
func (k *keeper) add(r twin.Reject) {
	r.Payload = bytes.Clone(r.Payload)
	folder := rejectfiles.ExtractFolder(r.Dataset)
	if r.Kind == twin.KindChange {
		folder = rejectfiles.ApplyFolder
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	b := k.waiting[folder]
	if b == nil {
		b = &batchOfRejects{}
		k.waiting[folder] = b
	}
	b.list = append(b.list, r)
	if b.bytes += len(r.Payload); b.bytes >= keepBytes || len(b.list) >= keepRejects {
		k.write(folder, b)
	}
}

// flush writes what is waiting. A nil keeper has nothing.
func (k *keeper) flush() (err error) {
	if k == nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for folder, b := range k.waiting {
		err = errors.Join(err, k.write(folder, b))
	}
	return err
}

// write writes a file. Where that fails its rejects go: the disk is full, and memory must not be too. They are counted,
// and the newest are still shown by /dev/rejects.
func (k *keeper) write(folder string, b *batchOfRejects) error {
	delete(k.waiting, folder)
	first := &b.list[0]
	file := rejectfiles.Encode(b.list)
	name := rejectfiles.Key(folder, rejectfiles.Origin{Position: first.Position, ArrivedAt: first.ReceivedAt}, file)
	err := k.files.Write(context.Background(), name, file.Data, operate.Mark{})
	if err != nil && !k.failed {
		k.log.Error("rejects were not kept", "rejects", len(b.list), "error", err)
	}
	k.failed = err != nil
	return err
}

// run writes what is waiting now and then, until ctx ends.
func (k *keeper) run(ctx context.Context) {
	for sleep(ctx, keepEvery) == nil {
		_ = k.flush() // which the log has
	}
}
