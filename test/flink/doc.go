// Package flink runs SQL on real Apache Flink, as the oracle that the Go engine is compared with.
//
// One JVM with one MiniCluster (harness/, Java 17 and Maven) is started at the first use and serves
// all tests of the process. Records go in as bytes through Flink's own format factories, and every
// row that comes out is attributed to the record that it came from. The classes are built once into
// the user's cache directory, under the hash of their sources.
//
//	o := flink.Start(t)                                  // skips where Java or Maven is missing
//	got, err := o.Run(sql, records)                      // a whole extractor; got.Rows[i] are the rows of records[i]
//	got, err := o.Select(ddl, "SELECT a FROM t", records)
//	got, err := o.Eval(ddl, "t", []string{"a + 1", "JSON_STRING(a)"}, records)
//	got, err := o.Plan(sql, queries)                     // verdicts only
//
// The same by hand, from the root of the module:
//
//	go run ./test/flink/cmd/flinkrun extractors/hsl_hfp.sql samples.ndjson
//	go run ./test/flink/cmd/flinkrun -e "JSON_STRING(CAST(1.5 AS DOUBLE))" -e "1/0"
//
// An error of these calls is Flink's refusal of the SQL, or says that the oracle itself failed; what a
// single record makes go wrong is a [Fault] beside the rows.
//
// The tests compare the Go engine with it on every extractor over its samples, the case files, generated
// programs and expressions, and spoilt records. TWIN_SEED makes other programs and records,
// TWIN_FLINK_PROGRAMS, TWIN_FLINK_EXPRESSIONS and TWIN_FLINK_MUTANTS more or fewer, and TWIN_FLINK_DIFFS names
// a file for all differences. What Flink made of some of them is recorded in testdata/vectors
// (go test ./test/flink -run TestVectors -update) and replayed without a JVM.
//
// Where Java or Maven is missing, the tier Flink is (see package tier).
package flink
