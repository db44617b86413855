// Package sqlite compares the local store with one of the same items in SQLite. It is a module of its own, so that the
// driver is no dependency of the product:
//
//	go test -run TestSame -bench . .
//
// SQLite is as durable as the local store: a write-ahead log that is synced for each transaction.
package sqlite
