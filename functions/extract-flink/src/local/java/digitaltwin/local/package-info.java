/**
 * The runner on one machine: the streams of a twin in another process take the place of Kinesis.
 *
 * <p>{@link digitaltwin.local.Main} runs extractors, one at a time, with the property groups of a file, as in the
 * cloud, each in a Flink of its own. Its connector is named {@code kinesis} and takes the options that are
 * usual in the cloud; a {@link digitaltwin.local.Connection} to the process that started it carries the
 * records of each stream, whose positions count from 0. Positions are part of savepoints.
 *
 * <p>The other side of it is the Go package internal/flink. None of this is part of the jar that is
 * deployed.
 */
package digitaltwin.local;
