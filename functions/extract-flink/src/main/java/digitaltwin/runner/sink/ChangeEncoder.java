package digitaltwin.runner.sink;

import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.table.data.RowData;

/**
 * Writes a row of {@code digitaltwin} as a change of the twin stream, one JSON object without a line
 * feed in it: what is the same in all changes of the extractor, the row with its time cut to
 * milliseconds, and null for what Flink cannot know of the source record.
 */
final class ChangeEncoder implements SerializationSchema<RowData> {
  private static final int UNIT = 3;
  private static final int EVENT_TIME = 4;
  private static final int MILLIS = 3;
  private static final byte[] METRIC = ascii(",\"metric\":");
  private static final byte[] VALUE = ascii(",\"value\":");
  private static final byte[] UNIT_KEY = ascii(",\"unit\":");
  private static final byte[] TIME = ascii(",\"event_time\":");
  private static final byte[] TAIL = ascii(",\"received_at\":null,\"position\":null,\"index\":null}");

  private final byte[] head;
  private transient JsonBytes json;

  ChangeEncoder(String dataset, String extractor, int revision) {
    JsonBytes b = new JsonBytes();
    b.raw(ascii("{\"dataset\":")).string(dataset.getBytes(StandardCharsets.UTF_8));
    b.raw(ascii(",\"extractor\":")).string(extractor.getBytes(StandardCharsets.UTF_8));
    b.raw(ascii(",\"revision\":" + revision + ",\"component\":"));
    head = b.toArray();
  }

  @Override
  public byte[] serialize(RowData row) {
    if (json == null) {
      json = new JsonBytes();
    }
    json.clear();
    json.raw(head).string(row.getString(0).toBytes());
    json.raw(METRIC).string(row.getString(1).toBytes());
    json.raw(VALUE).string(row.getString(2).toBytes());
    json.raw(UNIT_KEY);
    byte[] unit = row.isNullAt(UNIT) ? new byte[0] : row.getString(UNIT).toBytes();
    if (unit.length == 0) { // no unit, on both engines
      json.nothing();
    } else {
      json.string(unit);
    }
    json.raw(TIME).instant(row.getTimestamp(EVENT_TIME, MILLIS).getMillisecond());
    return json.raw(TAIL).toArray();
  }

  private static byte[] ascii(String s) {
    return s.getBytes(StandardCharsets.US_ASCII);
  }
}
