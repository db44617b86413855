// Package types is the type system of the SQL subset: Flink's SQL types, as far as both engines take them.
package types

import (
	"strconv"
	"strings"
)

// Kind is the family of a [Type].
type Kind uint8

// The kinds. Null is the type of a bare NULL before it is given one.
const (
	Invalid Kind = iota
	Null
	Boolean
	Int          // 32 bits, wraps
	BigInt       // 64 bits, wraps
	Double       // IEEE 754
	Decimal      // exact, Precision and Scale
	String       // UTF-8
	Bytes        //
	Date         // days since 1970-01-01
	Time         // milliseconds of the day
	Timestamp    // without zone: milliseconds and nanoseconds as if in UTC
	TimestampLTZ // an instant: milliseconds and nanoseconds since 1970-01-01T00:00:00Z
	Interval     // day-time, milliseconds
	Array        // of Elem
	Map          // of STRING to Elem
	Row          // of Fields
)

// Type is a SQL type. Every type is nullable.
type Type struct {
	Kind             Kind
	Precision, Scale int     // DECIMAL(p, s); of TIMESTAMP and TIMESTAMP_LTZ the digits of a second
	Elem             *Type   // of ARRAY and MAP
	Fields           []Field // of ROW
}

// Field is a field of a ROW, or a column of a table.
type Field struct {
	Name string
	Type *Type
}

// String returns the type as one writes it in SQL.
func (t *Type) String() string {
	if t == nil {
		return "?"
	}
	switch t.Kind {
	case Decimal:
		return "DECIMAL(" + strconv.Itoa(t.Precision) + ", " + strconv.Itoa(t.Scale) + ")"
	case Timestamp, TimestampLTZ:
		return kindNames[t.Kind] + "(" + strconv.Itoa(t.Precision) + ")"
	case Array:
		return "ARRAY<" + t.Elem.String() + ">"
	case Map:
		return "MAP<STRING, " + t.Elem.String() + ">"
	case Row:
		var b strings.Builder
		b.WriteString("ROW<")
		for i, f := range t.Fields {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(f.Name + " " + f.Type.String())
		}
		b.WriteByte('>')
		return b.String()
	}
	return kindNames[t.Kind]
}

var kindNames = [...]string{
	Invalid: "?", Null: "NULL", Boolean: "BOOLEAN", Int: "INT", BigInt: "BIGINT", Double: "DOUBLE",
	Decimal: "DECIMAL", String: "STRING", Bytes: "BYTES", Date: "DATE", Time: "TIME",
	Timestamp: "TIMESTAMP", TimestampLTZ: "TIMESTAMP_LTZ", Interval: "INTERVAL",
	Array: "ARRAY", Map: "MAP", Row: "ROW",
}

// Equal reports whether two types are the same, names of ROW fields included.
func (t *Type) Equal(u *Type) bool {
	if t == nil || u == nil {
		return t == u
	}
	if t.Kind != u.Kind || t.Precision != u.Precision || t.Scale != u.Scale || len(t.Fields) != len(u.Fields) {
		return false
	}
	for i := range t.Fields {
		if t.Fields[i].Name != u.Fields[i].Name || !t.Fields[i].Type.Equal(u.Fields[i].Type) {
			return false
		}
	}
	return t.Elem == u.Elem || t.Elem.Equal(u.Elem)
}

// Numeric reports whether t is INT, BIGINT, DOUBLE or DECIMAL.
func (t *Type) Numeric() bool { return t.Kind >= Int && t.Kind <= Decimal }
