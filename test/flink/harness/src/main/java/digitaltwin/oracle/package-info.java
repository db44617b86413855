/**
 * Real Flink as an oracle for the Go engine: one long-lived JVM with one MiniCluster, driven by lines
 * of JSON on standard input and output.
 *
 * <p>A request runs SQL over records that are handed in as bytes. They go through Flink's own format
 * factories (json, csv, raw) without projection push-down, as they do behind the Kinesis source, and
 * every row that comes out is attributed to the record that it came from: {@link ByteSource} sends one
 * record and then a watermark with its number, and waits until every {@link CollectingSink} has seen
 * that watermark. Streams of one job stay aligned that way, over unions too.
 *
 * <p>Not for tables with a WATERMARK clause, which swallows the marker: such a run ends in its timeout.
 */
package digitaltwin.oracle;
