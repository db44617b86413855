package digitaltwin.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;

import digitaltwin.runner.Statement.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptTest {
  private static List<Kind> kinds(String sql) {
    return Script.split(sql).stream().map(Statement::kind).toList();
  }

  @Test
  void semicolonsInQuotesAndCommentsEndNothing() {
    List<Statement> s = Script.split("""
        -- one; two
        SET 'twin.description' = 'a;b -- ''c''';
        CREATE TABLE `t;``1` /* ; */ (id STRING) WITH ('format' = 'json'); -- the end; really
        CREATE VIEW v AS SELECT ';' AS x FROM t
        """);
    assertEquals(List.of(Kind.SET, Kind.TABLE, Kind.VIEW), s.stream().map(Statement::kind).toList());
    assertEquals("a;b -- 'c'", s.get(0).value());
    assertEquals("t;`1", s.get(1).tableName());
    assertEquals("`t;``1`", s.get(1).table());
  }

  @Test
  void positionsAreThoseOfTheFirstWord() {
    List<Statement> s = Script.split("/* a\n b */ SET 'twin.revision' = '2'; 'ü'; CREATE VIEW v AS SELECT 1;"
        + "\n\n\n  -- c\n  INSERT INTO digitaltwin SELECT 1");
    assertEquals("2:7 2:34 2:39 6:3", String.join(" ", s.stream().map(x -> x.line() + ":" + x.column()).toList()));
  }

  @Test
  void aStatementSetIsItsInserts() {
    assertEquals(List.of(Kind.INSERT, Kind.INSERT, Kind.END), kinds("""
        execute /* one job */ statement set
        begin
          INSERT INTO digitaltwin SELECT 1;
          insert into `digitaltwin` (component) SELECT 2;
        END;
        """));
  }

  @Test
  void otherStatementsHaveNoPlace() {
    assertEquals(List.of(Kind.OTHER, Kind.OTHER, Kind.OTHER, Kind.OTHER, Kind.OTHER, Kind.OTHER), kinds(
        "SET 'execution.runtime-mode' = 'batch'; RESET; INSERT INTO digitaltwin2 SELECT 1; INSERT INTO wagons SELECT 1;"
            + "CREATE TEMPORARY TABLE t (id STRING); SELECT 1"));
  }
}
