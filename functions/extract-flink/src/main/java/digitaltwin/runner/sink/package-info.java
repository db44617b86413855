/**
 * The sink {@code digitaltwin}: the connector {@code twin} puts changes on the twin stream.
 *
 * <p>{@link digitaltwin.runner.sink.TwinSinkFactory} wraps the sink of the connector {@code kinesis},
 * whichever factory has that name. In front of it {@link digitaltwin.runner.sink.DeliverableRows} drops
 * and counts rows that are no reading, {@link digitaltwin.runner.sink.ChangeFormatFactory} is the format
 * {@code twin-json} of the twin stream, and {@link digitaltwin.runner.sink.HashedPartition} its partition
 * key. The sink begins a chain of its own: in the chain of a source its errors would be taken for
 * failures of the query, and the job would go on without the rows.
 */
package digitaltwin.runner.sink;
