// Package jsontext writes SQL values as the JSON text that Flink 2.2 on Java 17 writes for them, in
// JSON_STRING and wherever else a value becomes JSON. Every function appends to a slice and allocates
// nothing in the usual case.
//
// NaN and the infinities have no JSON text: Flink writes a string for them ("NaN"), which no
// delivery may hold as a number, so [AppendDouble] reports them and leaves the decision to its caller.
package jsontext
