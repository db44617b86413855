// Package jsonfunc reads within JSON texts as JSON_VALUE, JSON_QUERY, JSON_EXISTS and IS JSON of Flink 2.2 do.
//
// A [Path] is compiled once. Its methods check the first JSON value of a text, follow the path in the text
// itself, and append what the function gives; no tree is built. An [Outcome] says which clause of the
// function decides: the value, ON EMPTY, or ON ERROR.
//
// Numbers keep their digits, keys are sorted where an object becomes text, of equal keys the last counts, and
// what stands behind the first JSON value is not looked at. A path is strict unless it says lax: what is not
// there, or null, is an error. A text that is no JSON is an error in a strict path and empty in a lax one;
// the text null is an error in both.
package jsonfunc
