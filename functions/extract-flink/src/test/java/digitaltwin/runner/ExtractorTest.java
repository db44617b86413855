package digitaltwin.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class ExtractorTest {
  private static final String TABLE =
      "CREATE TABLE wagons (id STRING, v DOUBLE, ts TIMESTAMP_LTZ(3))"
      + " WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true');\n";
  private static final String INSERT = "INSERT INTO digitaltwin SELECT id, 'v', JSON_STRING(v), 'm', ts FROM wagons;\n";

  private static Map<String, Properties> groups(String... tables) {
    Map<String, Properties> groups = new HashMap<>();
    Properties twin = new Properties();
    twin.setProperty("dataset", "wagons");
    groups.put("twin", twin);
    for (String t : tables) {
      Properties p = new Properties();
      p.setProperty("stream.arn", "arn:aws:kinesis:eu-central-1:123456789012:stream/o'hara");
      groups.put("table." + t, p);
    }
    return groups;
  }

  private static String messageOf(String sql, String... tables) {
    return assertThrows(RuntimeException.class, () ->
        new Extractor(new Bindings(groups(tables)), sql, new Configuration())).getMessage();
  }

  private static void assertBegins(String begin, String message) {
    assertTrue(message.startsWith(begin), message);
  }

  @Test
  void aGoodFileIsPlanned() {
    new Extractor(new Bindings(groups("wagons", "digitaltwin")), TABLE + INSERT, new Configuration());
  }

  @Test
  void mistakesAreShownWhereTheyStandInTheFile() {
    assertEquals("wagons.sql:2:36: Column 'speed' not found in any table",
        messageOf(TABLE + INSERT.replace("'v'", "speed"), "wagons", "digitaltwin"));
    assertBegins("wagons.sql:3:15: ", messageOf(TABLE + "-- the view\nCREATE VIEW v SELECT  1 FRM;\n" + INSERT,
        "wagons", "digitaltwin"));
    assertBegins("wagons.sql:4:3: ", messageOf(TABLE + "CREATE VIEW v AS\nSELECT\n  nothing FROM wagons;\n" + INSERT,
        "wagons", "digitaltwin"));
  }

  @Test
  void settingsOfTheEngineAreRefused() {
    assertEquals("wagons.sql:1:1: an extractor holds SET 'twin.*', CREATE TABLE, CREATE VIEW"
            + " and INSERT INTO digitaltwin, and nothing else",
        messageOf("SET 'pipeline.name' = 'x';\n" + TABLE + INSERT, "wagons", "digitaltwin"));
  }

  @Test
  void missingBindingsAreNamed() {
    assertEquals("wagons.sql:1:1: the table wagons is bound to no stream: there is no property group table.wagons;"
            + " there are table.digitaltwin, table.wagon",
        messageOf(TABLE + INSERT, "wagon", "digitaltwin"));
    assertBegins("there is no property group table.digitaltwin", messageOf(TABLE + INSERT, "wagons"));
  }

  @Test
  void superfluousBindingsAreNamed() {
    assertBegins("wagons.sql declares no table a, b,", messageOf(TABLE + INSERT, "wagons", "b", "digitaltwin", "a"));
  }

  @Test
  void optionsThatTheFormatDoesNotKnowAreRefused() {
    String message = messageOf(TABLE.replace("json.ignore", "json.ignored") + INSERT, "wagons", "digitaltwin");
    assertBegins("wagons.sql:2:1: ", message);
    assertTrue(message.contains("json.ignored-parse-errors"), message);
  }

  @Test
  void aFileWithoutInsertDeliversNothing() {
    assertBegins("wagons.sql delivers nothing", messageOf(TABLE, "wagons", "digitaltwin"));
  }

  @Test
  void aTypeThatTheSinkDoesNotTakeIsBlamedOnItsInsert() {
    Extractor e = new Extractor(new Bindings(groups("wagons", "digitaltwin")),
        TABLE + INSERT + INSERT.replace("JSON_STRING(v)", "v"), new Configuration());
    String message = assertThrows(RuntimeException.class, e::start).getMessage();
    assertBegins("wagons.sql:3:1: ", message);
  }
}
