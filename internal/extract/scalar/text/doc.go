// Package text is the text functions of Flink SQL 2.2 on Java 17. A text is UTF-8; lengths and
// positions count code points, positions from 1.
//
// Functions that take something out of a text return a part of it and allocate nothing; functions that
// make a new text append it. What a literal can prepare is compiled once: [Like], [Regexp].
//
// Caveats. The underscore of LIKE and the point of a regular expression match no line terminator.
// STARTSWITH, ENDSWITH and comparison are those of package bytes.
package text
