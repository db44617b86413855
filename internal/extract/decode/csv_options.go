package decode

// CSVOptions are the options of 'csv' alone.
type CSVOptions struct{}

// RawOptions are the options of 'raw' alone.
type RawOptions struct{}
