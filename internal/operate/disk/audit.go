package disk

import (
	"context"
	"errors"
	"os"
	"sync"

	"github.com/railtwin/digitaltwin/internal/operate"
)

// Audit is the audit log.
type Audit struct {
	root *os.Root
	mu   sync.Mutex
}

var _ operate.AuditLog = (*Audit)(nil)

// Record implements [operate.AuditLog].
func (a *Audit) Record(_ context.Context, line operate.Audit) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, err := a.root.OpenFile("audit.log", os.O_CREATE|os.O_WRONLY|os.O_APPEND, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(append(mustJSON(line), '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}
