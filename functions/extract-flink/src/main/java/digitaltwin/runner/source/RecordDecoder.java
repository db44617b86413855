package digitaltwin.runner.source;

import digitaltwin.runner.operator.Counters;
import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.RuntimeContextInitializationContextAdapters;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;

/**
 * Decodes records, rows of one column of bytes, and gives what the format of the table gives. It counts
 * records that the format cannot read, wholly or in part ({@code Unreadable}), and those that something
 * behind it fails on where the format catches that ({@code QueryFailed}).
 *
 * <p>A record is decoded by the strict form of the format, which fails where the other ignores and else
 * does the same. Only what it fails on is decoded again, by the format as it is declared.
 */
final class RecordDecoder extends RichFlatMapFunction<RowData, RowData> {
  private final DeserializationSchema<RowData> strict;
  private final DeserializationSchema<RowData> declared;
  private final String dataset;
  private transient Counter unreadable;
  private transient Counter queryFailed;
  private transient Passage rows;

  RecordDecoder(DeserializationSchema<RowData> strict, DeserializationSchema<RowData> declared, String dataset) {
    this.strict = strict;
    this.declared = declared;
    this.dataset = dataset;
  }

  @Override
  public void open(OpenContext unused) throws Exception {
    open(RuntimeContextInitializationContextAdapters.deserializationAdapter(getRuntimeContext()),
        Counters.of(getRuntimeContext(), dataset, Counters.UNREADABLE),
        Counters.of(getRuntimeContext(), dataset, Counters.QUERY_FAILED));
  }

  void open(DeserializationSchema.InitializationContext context, Counter unreadable,
      Counter queryFailed) throws Exception {
    this.unreadable = unreadable;
    this.queryFailed = queryFailed;
    rows = new Passage();
    strict.open(context);
    declared.open(context);
  }

  @Override
  public void flatMap(RowData record, Collector<RowData> out) throws IOException {
    byte[] bytes = record.getBinary(0);
    rows.begin(out);
    boolean read = true;
    try {
      strict.deserialize(bytes, rows);
    } catch (IOException | RuntimeException x) {
      if (x == rows.failure) {
        throw x; // the format has not caught it, and would not in its other form
      }
      read = rows.failure != null;
    }
    if (!read || rows.passedNull) {
      unreadable.inc();
    }
    if (!read) {
      rows.again();
      declared.deserialize(bytes, rows);
    }
    if (rows.failedOnRow) {
      queryFailed.inc();
    }
  }

  /** Passes the rows of one record on, and remembers what became of them. */
  private static final class Passage implements Collector<RowData> {
    private Collector<RowData> out;
    private int passed;
    private int skipping; // rows that have been passed on before
    private boolean passedNull; // what the format json makes of an element of an array that is no object, and of null
    private Throwable failure; // of whatever stands behind
    private boolean failedOnRow; // and it was a row

    void begin(Collector<RowData> to) {
      out = to;
      passed = 0;
      skipping = 0;
      passedNull = false;
      failure = null;
      failedOnRow = false;
    }

    /** Lets the record be decoded from its beginning, without passing on twice what it gives. */
    void again() {
      skipping = passed;
    }

    @Override
    public void collect(RowData row) {
      if (skipping > 0) {
        skipping--;
        return;
      }
      passed++;
      passedNull |= row == null;
      try {
        out.collect(row);
      } catch (RuntimeException | Error x) {
        failure = x;
        failedOnRow = row != null;
        throw x;
      }
    }

    @Override
    public void close() {}
  }
}
