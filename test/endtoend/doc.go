// Package endtoend holds tests that go the whole way of the data in one process: real records in,
// readings out of the API. Between them lie the extractor, the codec of the twin stream, the applier, a
// bbolt file and the HTTP handler, each as the product uses it.
package endtoend
