// Package datetime is the time of Flink SQL on Java 17: dates, timestamps without a zone, instants
// (TIMESTAMP_LTZ), their texts, zones, units and patterns. The session's zone is UTC.
//
// A date is a number of days since 1970-01-01. A time point is a pair: milliseconds since
// 1970-01-01T00:00:00 (of an instant, in UTC) and the nanoseconds within the millisecond, 0 to 999,999.
//
// Caveats. Java resolves dates smartly: the 30th of February is the 28th wherever a pattern parsed it,
// though not in a cast to DATE. Units before 1970 follow Flink, which truncates where one expects it
// to round down. Fractions beyond milliseconds survive where Flink keeps them, whatever the
// precision of the type says.
package datetime
