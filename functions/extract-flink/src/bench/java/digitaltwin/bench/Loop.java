package digitaltwin.bench;

import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.RuntimeContextInitializationContextAdapters;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;

/** Decodes the records over and over, in turns, and hands rows to the operators that are chained to it. */
final class Loop extends AbstractStreamOperator<RowData> implements OneInputStreamOperator<Long, RowData> {
  private static final int LOOK = 64; // records between two looks at the clock

  private final DeserializationSchema<RowData> decoder;

  Loop(DeserializationSchema<RowData> decoder) {
    this.decoder = decoder;
  }

  @Override
  public void open() throws Exception {
    super.open();
    decoder.open(RuntimeContextInitializationContextAdapters.deserializationAdapter(getRuntimeContext()));
  }

  @Override
  public void processElement(StreamRecord<Long> start) throws Exception {
    byte[][] records = MemoryKinesisFactory.records;
    StreamRecord<RowData> element = new StreamRecord<>(null);
    Collector<RowData> rows = new Collector<>() {
      @Override
      public void collect(RowData row) {
        output.collect(element.replace(row));
      }

      @Override
      public void close() {}
    };
    for (int i = 0, n = 0; ; n++) {
      if (n % LOOK == 0 && System.nanoTime() >= Turn.deadline) {
        Turn.pause();
      }
      decoder.deserialize(records[i], rows);
      Turn.records++;
      i = i + 1 == records.length ? 0 : i + 1;
    }
  }
}
