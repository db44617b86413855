package decode

// CSVOptions are the options of 'csv' alone. An empty text is Flink's default.
type CSVOptions struct {
	FieldDelimiter string // ","
	DisableQuote   bool
	Quote          string // "\""
	Escape         string // none
	NullLiteral    string // where HasNullLiteral
	HasNullLiteral bool
	ArrayDelimiter string // ";"
	AllowComments  bool
}

// RawOptions are the options of 'raw' alone.
type RawOptions struct {
	Charset string // "UTF-8"
}
