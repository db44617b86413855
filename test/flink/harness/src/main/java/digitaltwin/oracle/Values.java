package digitaltwin.oracle;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.apache.flink.types.Row;

/**
 * The JSON of a value. Numbers and booleans are themselves, but NaN and the infinities text; DECIMAL is
 * text in plain notation with its scale; times are ISO text with all nine digits (TIME three), instants
 * with Z; BYTES are base64; an interval is milliseconds. ROW and ARRAY are arrays, MAP an array of
 * [key, value] in the order of the keys' text, so that no value is an object.
 */
final class Values {
  private static final JsonNodeFactory JSON = JsonNodeFactory.withExactBigDecimals(true);
  private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

  static JsonNode json(Object v) {
    if (v == null) {
      return JSON.nullNode();
    } else if (v instanceof Boolean b) {
      return JSON.booleanNode(b);
    } else if (v instanceof Double d) {
      return Double.isFinite(d) ? JSON.numberNode(d) : JSON.textNode(d.toString());
    } else if (v instanceof Float f) {
      return Float.isFinite(f) ? JSON.numberNode(f) : JSON.textNode(f.toString());
    } else if (v instanceof BigDecimal d) {
      return JSON.textNode(d.toPlainString());
    } else if (v instanceof Number n) {
      return JSON.numberNode(n.longValue());
    } else if (v instanceof Instant t) {
      return JSON.textNode(TIMESTAMP.format(t.atOffset(ZoneOffset.UTC)) + "Z");
    } else if (v instanceof LocalDateTime t) {
      return JSON.textNode(TIMESTAMP.format(t));
    } else if (v instanceof LocalDate d) {
      return JSON.textNode(d.toString());
    } else if (v instanceof LocalTime t) {
      return JSON.textNode(TIME.format(t));
    } else if (v instanceof Duration d) {
      return JSON.numberNode(d.toMillis());
    } else if (v instanceof byte[] b) {
      return JSON.textNode(Base64.getEncoder().encodeToString(b));
    } else if (v instanceof Row r) {
      return row(r);
    } else if (v instanceof Map<?, ?> m) {
      return map(m);
    } else if (v.getClass().isArray()) {
      ArrayNode out = JSON.arrayNode();
      for (int i = 0; i < Array.getLength(v); i++) {
        out.add(json(Array.get(v, i)));
      }
      return out;
    }
    return JSON.textNode(v.toString());
  }

  static ArrayNode row(Row r) {
    ArrayNode out = JSON.arrayNode();
    for (int i = 0; i < r.getArity(); i++) {
      out.add(json(r.getField(i)));
    }
    return out;
  }

  private static ArrayNode map(Map<?, ?> m) {
    Map<String, ArrayNode> sorted = new TreeMap<>();
    m.forEach((k, v) -> sorted.put(String.valueOf(k), JSON.arrayNode().add(json(k)).add(json(v))));
    return JSON.arrayNode().addAll(sorted.values());
  }

  private Values() {}
}
