package digitaltwin.bench;

import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kinesis.sink.PartitionKeyGenerator;
import org.apache.flink.table.data.RowData;

/** Writes rows and their partition keys, counts them, and throws them away. */
final class Discard implements Sink<RowData> {
  private final SerializationSchema<RowData> encoder;
  private final PartitionKeyGenerator<RowData> partitioner;

  Discard(SerializationSchema<RowData> encoder, PartitionKeyGenerator<RowData> partitioner) {
    this.encoder = encoder;
    this.partitioner = partitioner;
  }

  @Override
  public SinkWriter<RowData> createWriter(WriterInitContext context) {
    return new SinkWriter<>() {
      private long bytes; // what is written has to be used

      @Override
      public void write(RowData row, Context unused) {
        bytes += encoder.serialize(row).length + partitioner.apply(row).length();
        Turn.rows++;
      }

      @Override
      public void flush(boolean endOfInput) {
        if (bytes < 0) {
          throw new IllegalStateException("nothing was written");
        }
      }

      @Override
      public void close() {}
    };
  }
}
