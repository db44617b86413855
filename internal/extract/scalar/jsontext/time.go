package jsontext

import "github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"

// AppendTimestamp appends a TIMESTAMP as a JSON string: "2026-11-23T10:15:00.12".
func AppendTimestamp(dst []byte, ms int64, nanos int32) []byte {
	dst = append(dst, '"')
	dst = datetime.AppendISO(dst, ms, nanos)
	return append(dst, '"')
}

// AppendTimestampLTZ appends a TIMESTAMP_LTZ as a JSON string: "2026-11-23T10:15:00.12Z".
func AppendTimestampLTZ(dst []byte, ms int64, nanos int32) []byte {
	dst = append(dst, '"')
	dst = datetime.AppendISO(dst, ms, nanos)
	return append(dst, 'Z', '"')
}
