package digitaltwin.bench;

import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;

/** Hands the records, over and over, in turns, to the operators that are chained to it. */
final class Loop extends AbstractStreamOperator<RowData> implements OneInputStreamOperator<Long, RowData> {
  private static final int LOOK = 64; // records between two looks at the clock

  @Override
  public void processElement(StreamRecord<Long> start) throws Exception {
    byte[][] records = MemoryKinesisFactory.records;
    StreamRecord<RowData> element = new StreamRecord<>(null);
    for (int i = 0, n = 0; ; n++) {
      if (n % LOOK == 0 && System.nanoTime() >= Turn.deadline) {
        Turn.pause();
      }
      output.collect(element.replace(GenericRowData.of(records[i])));
      Turn.records++;
      i = i + 1 == records.length ? 0 : i + 1;
    }
  }
}
