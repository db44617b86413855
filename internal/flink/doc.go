// Package flink runs an extractor that needs Apache Flink on this machine, in a JVM beside this process.
//
// [Build] builds the runner of functions/extract-flink once, with streams of this process in place of
// Kinesis. [Runner.Start] starts a [Job] in a [JVM] of its own: the records of its [Stream]s go over a connection on
// loopback to the JVM, and the changes that come back go to its sink. [Run.Counts] is what the job has lost. The
// property groups are those that the job would have on AWS. [JVM.Start] runs several jobs in one JVM, one after the
// other.
//
// It needs Java 17 and Maven; [jvm.ErrUnavailable] says that they cannot be had. A job takes some seconds to
// start and about 400 MB of memory.
package flink
