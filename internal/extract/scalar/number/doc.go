// Package number is the arithmetic of Flink SQL on Java 17 where Go's own differs: texts to numbers,
// numbers to each other, rounding, and exact decimals. Integer + - * need nothing: both wrap.
//
// A DECIMAL travels as a text in plain notation with exactly its scale (12.30). [ParseDecimal] makes a
// [Decimal] of it to reckon with, [Decimal.Fit] brings a result into its [DecimalType], half up, or
// reports that it is too large, which is NULL in SQL.
//
// Caveats. LN, LOG10, EXP and POWER may differ from Java's by one unit in the last place. DOUBLE to DECIMAL and ROUND
// of a DOUBLE have no result for NaN and the infinities, for which Flink throws even in TRY_CAST.
package number
