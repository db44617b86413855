// Package number is the arithmetic of Flink SQL on Java 17: texts to numbers, numbers to numbers,
// numbers to texts, and exact decimals.
package number
