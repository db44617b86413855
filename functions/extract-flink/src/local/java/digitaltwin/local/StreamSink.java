package digitaltwin.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kinesis.sink.PartitionKeyGenerator;
import org.apache.flink.table.data.RowData;

/** Puts rows on a stream, one a record. A checkpoint waits until everything before it is there. */
final class StreamSink implements Sink<RowData> {
  private final String stream;
  private final SerializationSchema<RowData> encoder;
  private final PartitionKeyGenerator<RowData> partitioner;

  StreamSink(String stream, SerializationSchema<RowData> encoder, PartitionKeyGenerator<RowData> partitioner) {
    this.stream = stream;
    this.encoder = encoder;
    this.partitioner = partitioner;
  }

  @Override
  public SinkWriter<RowData> createWriter(WriterInitContext context) throws IOException {
    try {
      encoder.open(context.asSerializationSchemaInitializationContext());
    } catch (Exception x) {
      throw new IOException(x);
    }
    Connection c = Connection.write(stream);
    return new SinkWriter<>() {
      @Override
      public void write(RowData row, Context unused) throws IOException {
        c.send(partitioner.apply(row).getBytes(StandardCharsets.UTF_8));
        c.send(encoder.serialize(row));
        c.out.flush();
      }

      @Override
      public void flush(boolean endOfInput) throws IOException {
        c.sync();
      }

      @Override
      public void close() throws IOException {
        c.close();
      }
    };
  }
}
