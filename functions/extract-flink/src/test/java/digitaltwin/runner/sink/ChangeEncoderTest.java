package digitaltwin.runner.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.junit.jupiter.api.Test;

class ChangeEncoderTest {
  private static String encode(String component, String value, String unit, String time) {
    GenericRowData row = GenericRowData.of(StringData.fromString(component), StringData.fromString("m"),
        StringData.fromString(value),
        unit == null ? null : StringData.fromString(unit), TimestampData.fromInstant(Instant.parse(time)));
    return new String(new ChangeEncoder("wagons", "0123456789ab", 3).serialize(row), StandardCharsets.UTF_8);
  }

  private static String change(String component, String value, String unit, String time) {
    return "{\"dataset\":\"wagons\",\"extractor\":\"0123456789ab\",\"revision\":3,\"component\":" + component
        + ",\"metric\":\"m\",\"value\":"
        + value + ",\"unit\":" + unit + ",\"event_time\":\"" + time
        + "\",\"received_at\":null,\"position\":null,\"index\":null}";
  }

  @Test
  void aRowIsOneLineOfJson() {
    assertEquals(change("\"wagon:ä😀\"", "\"\\\"a\\\\\\\\n\\\"\"", "\"km/h\"", "2026-11-23T10:15:30.120Z"),
        encode("wagon:ä😀", "\"a\\\\n\"", "km/h", "2026-11-23T10:15:30.12Z"));
    assertEquals(change("\"\\n\\u0001\\u001f\"", "\"1\"", "null", "2026-11-23T10:15:30.000Z"),
        encode("\n\u0001\u001f", "1", null, "2026-11-23T10:15:30Z"));
    assertEquals(change("\"c\"", "\"1\"", "null", "2026-11-23T10:15:30.000Z"),
        encode("c", "1", "", "2026-11-23T10:15:30Z"));
  }

  @Test
  void timesAreCutToMilliseconds() {
    assertEquals(change("\"c\"", "\"1\"", "null", "2026-11-23T10:15:30.999Z"),
        encode("c", "1", null, "2026-11-23T10:15:30.999999999Z"));
    assertEquals(change("\"c\"", "\"1\"", "null", "1969-12-31T23:59:59.999Z"),
        encode("c", "1", null, "1969-12-31T23:59:59.999999999Z"));
    assertEquals(change("\"c\"", "\"1\"", "null", "0007-02-03T04:05:06.007Z"),
        encode("c", "1", null, "0007-02-03T04:05:06.007Z"));
  }
}
