// Package disk keeps what operations need in a folder of one process: files of rejects, runs, and the audit log. Local
// mode works with it, and so do tests.
//
//	DIR/rejects/...   as package rejects names them, and beside a file its mark
//	DIR/runs/ID.json  the last 1,000 runs
//	DIR/audit.log     a line of JSON for what was done; it is only ever added to
//
// Rejects hold payloads, so everything is for its owner alone. Rejects go after 30 days, and the oldest before that
// where they have more than 256 MB together.
package disk

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	dirMode  = 0o700
	fileMode = 0o600
)

// Dir is an open folder.
type Dir struct {
	Rejects *Rejects
	Runs    *Runs
	Audit   *Audit
	root    *os.Root // no name leads out of it
}

// Open opens a folder, which it makes.
func Open(dir string, now func() time.Time) (*Dir, error) {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("disk: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("disk: %w", err)
	}
	d := &Dir{root: root, Audit: &Audit{root: root}}
	if d.Rejects, err = openRejects(root, now); err == nil {
		d.Runs, err = openRuns(root)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("disk: opening %s: %w", dir, err), root.Close())
	}
	return d, nil
}

// Close closes the folder.
func (d *Dir) Close() error { return d.root.Close() }

// write writes a file so that it is there whole or not at all.
func write(root *os.Root, name string, data []byte, sync bool) error {
	if err := root.MkdirAll(filepath.Dir(name), dirMode); err != nil {
		return err
	}
	temporary := name + ".new"
	f, err := root.OpenFile(temporary, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil && sync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = root.Rename(temporary, name)
	}
	if err != nil {
		return errors.Join(err, root.Remove(temporary))
	}
	return nil
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: plain data cannot be JSON: " + err.Error())
	}
	return b
}
