package digitaltwin.runner.sink;

import digitaltwin.runner.operator.Counters;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFilterFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;

/**
 * Lets rows of {@code digitaltwin} pass that are readings. A row without component, metric, value or
 * event time is dropped and counted ({@code DroppedNull}): it never overwrites anything. A value that
 * says NaN or Infinity is no number and nothing that JSON holds, so its row is dropped as well ({@code
 * DroppedNotFinite}), as the Go engine does. So is a row whose event time is outside the years 1 to 9999
 * ({@code DroppedBadTime}): no change can carry it.
 */
final class DeliverableRows extends RichFilterFunction<RowData> {
  private static final int VALUE = 2;
  private static final int EVENT_TIME = 4;
  private static final int MILLIS = 3;
  private static final long FIRST = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
  private static final long LAST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
  private static final List<StringData> NO_NUMBERS =
      Stream.of("\"NaN\"", "\"Infinity\"", "\"-Infinity\"").<StringData>map(StringData::fromString).toList();

  private final String dataset;
  private transient Counter nulls;
  private transient Counter notFinite;
  private transient Counter badTimes;

  DeliverableRows(String dataset) {
    this.dataset = dataset;
  }

  @Override
  public void open(OpenContext context) {
    nulls = Counters.of(getRuntimeContext(), dataset, Counters.DROPPED_NULL);
    notFinite = Counters.of(getRuntimeContext(), dataset, Counters.DROPPED_NOT_FINITE);
    badTimes = Counters.of(getRuntimeContext(), dataset, Counters.DROPPED_BAD_TIME);
  }

  @Override
  public boolean filter(RowData row) {
    if (row.isNullAt(0) || row.isNullAt(1) || row.isNullAt(VALUE) || row.isNullAt(EVENT_TIME)) {
      nulls.inc();
      return false;
    }
    if (NO_NUMBERS.contains(row.getString(VALUE))) {
      notFinite.inc();
      return false;
    }
    long at = row.getTimestamp(EVENT_TIME, MILLIS).getMillisecond();
    if (at < FIRST || at > LAST) {
      badTimes.inc();
      return false;
    }
    return true;
  }
}
