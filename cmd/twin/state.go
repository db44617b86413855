package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/railtwin/digitaltwin/internal/boltfile"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

// openState opens the state in a folder, which it creates.
func openState(dir string) (*bolt.Store, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("create the folder of the state: %w; choose another one with --data DIR", err)
	}
	path := filepath.Join(dir, stateFile)
	if err := boltfile.Check(path); err != nil {
		return nil, fmt.Errorf("%s is damaged, or is not the state of a twin: %w.\n"+
			"Move it away to begin with an empty twin, or choose another folder with --data DIR", path, err)
	}
	state, err := bolt.Open(path, &bolt.Options{Feed: &bolt.FeedOptions{}})
	if err != nil {
		return nil, fmt.Errorf("open the state: %w; --data DIR chooses another folder", err)
	}
	return state, nil
}
