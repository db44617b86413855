/**
 * The runner as fast as it goes: its connector {@code kinesis} takes records from memory, over and over,
 * and discards what the sink has written. The benchmark of test/runner compares it with the Go engine.
 */
package digitaltwin.bench;
