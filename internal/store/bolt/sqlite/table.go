package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	_ "modernc.org/sqlite" // SQLite in Go, as the local store must run without a C compiler

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/swap"
)

// Store keeps items in a file of SQLite.
type Store struct {
	db *sql.DB
}

// Open makes the file.
func Open(path string) (*Store, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	db.SetMaxOpenConns(1)
	if _, err :=
		db.Exec(`CREATE TABLE parts (component TEXT, dataset TEXT, part INTEGER, floor INTEGER, expiry INTEGER, block BLOB,
		PRIMARY KEY (component, dataset, part)) WITHOUT ROWID`); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: %w", err), db.Close())
	}
	return &Store{db}, nil
}

// Close closes the file.
func (s *Store) Close() error { return s.db.Close() }

// Write offers all items in one transaction.
func (s *Store) Write(ctx context.Context, items []store.Item) ([][]store.Result, error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	t := &table{tx: tx}
	if t.get, err = tx.Prepare(`SELECT floor, expiry, block FROM parts WHERE component=? AND dataset=? AND part=?`); err ==
		nil {
		t.put, err = tx.Prepare(`INSERT OR REPLACE INTO parts VALUES (?,?,?,?,?,?)`)
	}
	var results [][]store.Result
	if err == nil {
		results, err = (&swap.Writer{Table: t, Now: time.Now}).Write(ctx, items)
	}
	if err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return results, tx.Commit()
}

// table is a transaction as a [swap.Table].
type table struct {
	tx       *sql.Tx
	get, put *sql.Stmt
}

func (t *table) Get(ctx context.Context, keys []swap.Key, _ bool) []swap.Read {
	out := make([]swap.Read, len(keys))
	for i, k := range keys {
		out[i].Floor = packed.NoFloor
		var state packed.State
		var block []byte
		err := t.get.QueryRowContext(ctx, k.Component, k.Dataset, int64(k.Part)).Scan(&state.Floor, &state.Expiry, &block)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		var b *packed.Block
		if err == nil {
			b, err = packed.Open(block)
		}
		if out[i].Err = err; err == nil {
			state.Block = *b
			out[i].Item = swap.Item{State: state, Exists: true}
		}
	}
	return out
}

func (t *table) Swap(ctx context.Context, swaps []swap.Swap) []swap.Swapped {
	out := make([]swap.Swapped, len(swaps))
	for i := range swaps {
		sw := &swaps[i]
		_, out[i].Err = t.put.ExecContext(ctx, sw.Component, sw.Dataset, int64(sw.Part), int64(sw.New.Floor), sw.New.Expiry,
			sw.Block)
	}
	return out
}

func (t *table) Older(_ context.Context, queries []swap.OlderQuery) []swap.Older {
	return swap.NoOlder(len(queries))
}

func (t *table) Forgotten(context.Context) (*store.ForgetList, time.Time, error) {
	return store.NewForgetList(nil), time.Now().Add(time.Hour), nil
}
