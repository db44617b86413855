// Package consumers reads the forms of a twin's answers with the programs of others: GeoJSON with a validator, CSV and
// JSON lines with DuckDB.
package consumers
