package digitaltwin.runner.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.formats.csv.CsvFormatFactory;
import org.apache.flink.formats.json.JsonFormatFactory;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.runtime.connector.source.ScanRuntimeProviderContext;
import org.apache.flink.table.types.DataType;
import org.apache.flink.util.Collector;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordDecoderTest {
  private static final DeserializationFormatFactory JSON = new JsonFormatFactory();
  private static final DeserializationFormatFactory CSV = new CsvFormatFactory();
  private static final DataType PAIR = DataTypes.ROW(DataTypes.FIELD("a", DataTypes.INT()),
      DataTypes.FIELD("b", DataTypes.STRING()));
  private static final DataType NESTED = DataTypes.ROW(DataTypes.FIELD("a", DataTypes.INT()),
      DataTypes.FIELD("r", DataTypes.ROW(DataTypes.FIELD("x", DataTypes.DOUBLE()),
      DataTypes.FIELD("y", DataTypes.STRING()))),
      DataTypes.FIELD("l", DataTypes.ARRAY(DataTypes.ROW(DataTypes.FIELD("n", DataTypes.INT()),
      DataTypes.FIELD("on", DataTypes.BOOLEAN())))),
      DataTypes.FIELD("m", DataTypes.MAP(DataTypes.STRING(), DataTypes.INT())),
      DataTypes.FIELD("t", DataTypes.TIMESTAMP_LTZ(3)));
  private static final String RECORD =
      "{\"a\":17,\"r\":{\"x\":-1.5e2,\"y\":\"one\\n\"},"
          + "\"l\":[{\"n\":1,\"on\":true},{\"n\":2,\"on\":false}],"
          + "\"m\":{\"k\":1,\"j\":2},\"t\":\"2026-11-23T10:15:30Z\"}";

  private final Counter unreadable = new SimpleCounter();
  private final Counter queryFailed = new SimpleCounter();

  private static DeserializationSchema<RowData> plain(DeserializationFormatFactory format, DataType type,
      boolean ignore) {
    Configuration options = Configuration.fromMap(Map.of("ignore-parse-errors", Boolean.toString(ignore)));
    if (format == JSON) {
      options.setString("timestamp-format.standard", "ISO-8601");
    }
    return format.createDecodingFormat(null, options).createRuntimeDecoder(ScanRuntimeProviderContext.INSTANCE, type);
  }

  private RecordDecoder decoder(DeserializationFormatFactory format, DataType type) throws Exception {
    RecordDecoder d = new RecordDecoder(plain(format, type, false), plain(format, type, true), "wagons");
    d.open(CONTEXT, unreadable, queryFailed);
    return d;
  }

  private static final DeserializationSchema.InitializationContext CONTEXT =
      new DeserializationSchema.InitializationContext() {
    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      return SimpleUserCodeClassLoader.create(getClass().getClassLoader());
    }
  };

  /** Takes rows as the code that Flink generates for a query does, which fails on null; and fails on some more. */
  private static final class Query implements Collector<RowData> {
    private final List<RowData> rows = new ArrayList<>();
    private final Predicate<RowData> fails;
    private final RuntimeException failure = new ArithmeticException("division by zero");

    Query(Predicate<RowData> fails) {
      this.fails = fails;
    }

    @Override
    public void collect(RowData row) {
      if (fails.test(row)) { // null.isNullAt(..)
        throw failure;
      }
      rows.add(row);
    }

    @Override
    public void close() {}
  }

  private static Query query() {
    return new Query(row -> row.getArity() == 0);
  }

  private static GenericRowData record(byte[] bytes) {
    return GenericRowData.of(bytes);
  }

  /** Decodes by the format itself, which is opened already. */
  private static List<RowData> plainly(DeserializationSchema<RowData> format, byte[] record) throws IOException {
    Query q = query();
    format.deserialize(record, q);
    return q.rows;
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {"a":1,"b":"x"}                | 1 | 0
      {"b":null}                     | 1 | 0
      {}                             | 1 | 0
      {"a":1}{"a":                   | 1 | 0
      [{"a":1},{"a":2}]              | 2 | 0
      []                             | 0 | 0
      ~~                             | 0 | 0
      ~  ~                           | 0 | 1
      {"a":1,"b":"x                  | 0 | 1
      {"a":1                         | 0 | 1
      5                              | 0 | 1
      "a"                            | 0 | 1
      null                           | 0 | 1
      nul                            | 0 | 1
      {"a":"x","b":"y"}              | 1 | 1
      {"a":{"b":1}}                  | 1 | 1
      [{"a":1},{"a":"x"},{"a":3}]    | 3 | 1
      [{"a":1},5,{"a":3}]            | 1 | 1
      [{"a":1},null,{"a":3}]         | 1 | 1
      [{"a":1},{"a":2}               | 2 | 1
      """)
  void recordsOfJsonThatCannotBeReadAreCounted(String record, int rows, int counted) throws Exception {
    holds(JSON, record, rows, counted);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      1,x      | 1 | 0
      ,x       | 1 | 1
      1        | 1 | 1
      1,x,2    | 0 | 1
      y,x      | 1 | 1
      1,"x     | 0 | 1
      ~~       | 0 | 1
      """)
  void recordsOfCsvThatCannotBeReadAreCounted(String record, int rows, int counted) throws Exception {
    holds(CSV, record, rows, counted);
  }

  private void holds(DeserializationFormatFactory format, String record, int rows, int counted) throws Exception {
    byte[] bytes = record.getBytes(UTF_8);
    Query q = query();
    decoder(format, PAIR).flatMap(record(bytes), q);
    DeserializationSchema<RowData> plain = plain(format, PAIR, true);
    plain.open(CONTEXT);
    assertEquals(plainly(plain, bytes), q.rows);
    assertEquals(List.of(rows, counted, 0), List.of(q.rows.size(), (int) unreadable.getCount(),
        (int) queryFailed.getCount()));
  }

  @Test
  void aQueryThatFailsIsCountedWhereTheFormatHidesIt() throws Exception {
    RecordDecoder json = decoder(JSON, PAIR);
    Query q = new Query(row -> !row.isNullAt(0) && row.getInt(0) == 2);
    json.flatMap(record("[{\"a\":1},{\"a\":2},{\"a\":3}]".getBytes(UTF_8)), q);
    // it is unreadable as well
    json.flatMap(record("[{\"a\":4},{\"a\":\"x\",\"b\":\"y\"},{\"a\":2},{\"a\":5}]".getBytes(UTF_8)), q);
    json.flatMap(record("{\"a\":6}".getBytes(UTF_8)), q);
    assertEquals(List.of(1, 4, 0, 6), q.rows.stream().map(r -> r.isNullAt(0) ? 0 : r.getInt(0)).toList());
    assertEquals(List.of(1L, 2L), List.of(unreadable.getCount(), queryFailed.getCount()));

    RecordDecoder csv = decoder(CSV, PAIR);
    assertSame(q.failure, assertThrows(ArithmeticException.class, () -> csv.flatMap(record("2,x".getBytes(UTF_8)), q)));
    assertEquals(2, queryFailed.getCount());
  }

  /**
   * The rows are those of the format, in their order, whatever a record holds; and what its strict form fails on is
   * counted.
   */
  @Test
  void spoiltRecordsGiveTheRowsOfTheFormat() throws Exception {
    RecordDecoder decoder = decoder(JSON, NESTED);
    DeserializationSchema<RowData> plain = plain(JSON, NESTED, true);
    plain.open(CONTEXT);
    DeserializationSchema<RowData> strict = plain(JSON, NESTED, false);
    strict.open(CONTEXT);
    Random random = new Random(1);
    int bad = 0;
    int rows = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] record = spoilt(random);
      Query q = query();
      decoder.flatMap(record(record), q);
      String text = new String(record, UTF_8);
      assertEquals(plainly(plain, record), q.rows, text);
      rows += q.rows.size();
      try {
        plainly(strict, record);
      } catch (IOException x) {
        bad++;
      }
      assertEquals(bad, unreadable.getCount(), text);
    }
    assertEquals(0, queryFailed.getCount());
    assertTrue(bad > 5_000 && bad < 19_000 && rows > 5_000, bad + " bad records, " + rows + " rows");
  }

  private static byte[] spoilt(Random random) {
    StringBuilder b = new StringBuilder(random.nextInt(4) == 0 ? "[" + RECORD + "," + RECORD + "]" : RECORD);
    for (int n = random.nextInt(3); n >= 0; n--) {
      int at = random.nextInt(b.length());
      switch (random.nextInt(4)) {
        case 0 -> b.deleteCharAt(at);
        case 1 -> b.insert(at, "{}[]\",:x0-".charAt(random.nextInt(10)));
        case 2 -> b.setCharAt(at, "\"17taxe.".charAt(random.nextInt(8)));
        default -> b.setLength(random.nextInt(10) == 0 ? Math.min(at + 9, b.length()) : b.length());
      }
    }
    return b.toString().getBytes(UTF_8);
  }
}
