// Package syntax turns the text of an extractor into a tree: a hand-written lexer, and a
// recursive-descent parser with precedence climbing for expressions.
//
// [Parse] returns a [File] of statements and every diagnostic. A statement that could not be read is
// replaced by a [Bad] statement that remembers which name it would have declared, so that nothing
// after it is blamed for it; parsing goes on after the next semicolon.
//
// The grammar is Flink SQL's, cut to what one extractor can use. What Flink has and the Go engine has
// not is recognised by its keyword and named ([diag.NeedsFlink]), never misread. The tree knows
// nothing of types or names: package check resolves them.
package syntax
