package digitaltwin.runner;

import digitaltwin.runner.operator.OperatorIds;
import digitaltwin.runner.sink.HashedPartition;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.config.ExecutionConfigOptions;

/**
 * An extractor as one job: its tables bound, its INSERTs in one statement set, so that each source is
 * read once. Times without a zone are UTC.
 */
public final class Extractor {
  private static final String SINK = "digitaltwin";
  private static final Duration IDLE = Duration.ofSeconds(30); // after which a silent shard holds no watermark back

  private final String file;
  private final Bindings bindings;
  private final TableEnvironment env;
  private final StatementSet set;
  private final List<Statement> inserts = new ArrayList<>();

  /**
   * Plans the extractor sql, whose file is named after the dataset.
   *
   * @param settings of the cluster, where there are any
   * @throws Mistake where a statement is wrong
   * @throws IllegalStateException where the bindings are
   */
  public Extractor(Bindings bindings, String sql, Configuration settings) {
    this.bindings = bindings;
    file = bindings.dataset() + ".sql";
    List<Statement> statements = Script.split(sql);
    env = TableEnvironment.create(EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(settings)
        .build());
    env.getConfig().setLocalTimeZone(ZoneId.of("UTC"));
    // What a window or a join holds is found again by an id that does not depend on its neighbours.
    env.getConfig().set(ExecutionConfigOptions.TABLE_EXEC_UID_GENERATION, ExecutionConfigOptions.UidGeneration.ALWAYS);
    env.getConfig().set(ExecutionConfigOptions.TABLE_EXEC_SOURCE_IDLE_TIMEOUT, IDLE);
    sink(Identity.of(bindings.dataset(), sql, statements));
    set = env.createStatementSet();
    for (Statement s : statements) {
      try {
        take(s);
      } catch (Mistake x) {
        throw x;
      } catch (RuntimeException | AssertionError | StackOverflowError x) { // the planner throws all three
        throw new Mistake(file, s, x);
      }
    }
    bindings.complete(file);
    if (inserts.isEmpty()) {
      throw new IllegalStateException(file + " delivers nothing: there is no INSERT INTO digitaltwin");
    }
  }

  private void sink(Identity id) {
    if (!bindings.has(SINK)) {
      throw new IllegalStateException("there is no property group table.digitaltwin, which says where changes go;"
          + " there are " + bindings.known());
    }
    env.executeSql("CREATE TABLE digitaltwin (component STRING, metric STRING, `value` STRING, unit STRING,"
        + " event_time TIMESTAMP_LTZ(3))"
        + " WITH ('connector' = 'twin', 'format' = 'twin-json', 'twin-json.dataset' = " + Bindings.text(id.dataset())
        + ", 'twin-json.extractor' = " + Bindings.text(id.extractor()) + ", 'twin-json.revision' = "
        + Bindings.text(id.revision())
        + ", 'sink.partitioner' = " + Bindings.text(HashedPartition.class.getName()) + ")");
    env.executeSql(bindings.alter(SINK, SINK, Map.of()));
  }

  private void take(Statement s) {
    switch (s.kind()) {
      case SET, END -> {} // SET 'twin.*' belongs to the platform, END to a statement set
      case VIEW -> env.executeSql(s.text());
      case TABLE -> {
        if (!bindings.has(s.tableName())) {
          throw new Mistake(file, s, "the table " + s.tableName()
              + " is bound to no stream: there is no property group table."
              + s.tableName() + "; there are " + bindings.known());
        }
        env.executeSql(s.text());
        env.executeSql(bindings.alter(s.tableName(), s.table(),
            Map.of("connector", "twin", "twin.dataset", bindings.dataset())));
      }
      case INSERT -> {
        set.addInsertSql(s.text());
        inserts.add(s);
      }
      case OTHER -> throw new Mistake(file, s,
          "an extractor holds SET 'twin.*', CREATE TABLE, CREATE VIEW and INSERT INTO digitaltwin, and nothing else");
    }
  }

  /** Starts the job and returns without waiting for its end. */
  public TableResult start() {
    OperatorIds.restart();
    try {
      return set.execute();
    } catch (RuntimeException | AssertionError | StackOverflowError x) {
      throw blamed(x);
    }
  }

  /** Finds the INSERT that the planner refuses: planning the whole set does not say which. */
  private RuntimeException blamed(Throwable failure) {
    for (Statement s : inserts) {
      try {
        env.explainSql(s.text());
      } catch (RuntimeException | AssertionError | StackOverflowError x) {
        return new Mistake(file, s, x);
      }
    }
    return new IllegalStateException(file + ": " + Mistake.text(failure), failure);
  }
}
