/**
 * The sources of an extractor: the connector {@code twin} reads records from their stream and decodes them.
 *
 * <p>{@link digitaltwin.runner.source.TwinSourceFactory} takes the records as bytes from the source of the
 * connector {@code kinesis}, whichever factory has that name, and {@link
 * digitaltwin.runner.source.RecordDecoder} decodes them by the format that the table declares. What comes
 * out are the rows of that format and no others. But a format that is to ignore what it cannot read says
 * nothing of it, and one that catches what is thrown behind it hides failures of the query as well: both
 * are counted here.
 */
package digitaltwin.runner.source;
