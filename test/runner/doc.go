// Package runner tests the runner of extractors on Apache Flink, functions/extract-flink, with streams
// of the test in place of Kinesis: the same jar but for the connector, property groups as in the cloud,
// records in as bytes, changes out as the twin stream has them.
//
// Where Java or Maven is missing, the tier Flink is (see package tier).
package runner
