package digitaltwin.oracle;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.jobmanager.scheduler.NoResourceAvailableException;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.TableDescriptor;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.util.ExceptionUtils;

/** One table environment with the tables of one script, bound to one {@link Run}. */
final class Session {
  private static final String PRELUDE =
      "CREATE TABLE digitaltwin (component STRING, metric STRING, `value` STRING, unit STRING,"
          + " event_time TIMESTAMP_LTZ(3)) WITH ('connector' = 'collect', 'run' = '%s')";

  /** A session and the run that its tables are bound to. */
  record Bound(Run run, Session session) {}

  /** Opens a session over records. */
  interface Factory {
    Bound open(List<byte[]> records);
  }

  private final TableEnvironment env;
  private final Run run;
  private final StatementSet inserts;
  private boolean empty = true; // no insert yet

  Session(Run run, boolean objectReuse, boolean wholeCode) {
    this.run = run;
    env = TableEnvironment.create(EnvironmentSettings.newInstance()
        .inStreamingMode().withConfiguration(Cluster.settings(objectReuse, wholeCode)).build());
    env.getConfig().setLocalTimeZone(ZoneId.of("UTC"));
    env.executeSql(String.format(PRELUDE, run.key));
    inserts = env.createStatementSet();
  }

  /** Takes the statements of a script; the exception of a refused one names its line. */
  void script(String sql) {
    for (Script.Statement s : Script.split(sql)) {
      try {
        switch (s.kind()) {
          case PLATFORM -> {}
          case INSERT -> {
            inserts.addInsertSql(s.text());
            empty = false;
          }
          case DEFINITION -> env.executeSql(s.text());
          case TABLE -> {
            env.executeSql(s.text());
            env.executeSql("ALTER TABLE " + s.table() + " SET ('connector' = 'bytes', 'run' = '" + run.key + "')");
          }
        }
      } catch (RuntimeException | AssertionError | StackOverflowError x) {
        throw new IllegalArgumentException("line " + s.line() + ": " + Errors.text(x));
      }
    }
  }

  /** Plans a query, and nothing more. */
  Table query(String sql) {
    return env.sqlQuery(sql);
  }

  /** Lets the query's rows go to the run. */
  List<Column> collect(Table query) {
    List<Column> columns = query.getResolvedSchema().getColumns();
    Schema.Builder schema = Schema.newBuilder();
    columns.forEach(c -> schema.column(c.getName(), c.getDataType().nullable())); // as those of digitaltwin
    inserts.addInsert(TableDescriptor.forConnector("collect").schema(schema.build()).option(ByteSource.RUN, run.key)
        .build(), query);
    empty = false;
    return columns;
  }

  /** Plans all inserts to the end, code generation excepted. */
  void plan() {
    if (!empty) {
      inserts.explain();
    }
  }

  /** Runs the job to its end and returns null, or what made it fail. */
  String execute() throws InterruptedException, Patience.Exceeded {
    if (empty) {
      throw new IllegalArgumentException("no INSERT");
    }
    JobClient job;
    try {
      job = inserts.execute().getJobClient().orElseThrow();
    } catch (AssertionError | StackOverflowError x) {
      throw new IllegalArgumentException(Errors.text(x));
    }
    run.patience.progress("the job to start");
    Future<?> end = job.getJobExecutionResult();
    try {
      while (!ended(end)) {
        run.patience.check();
      }
      return null;
    } catch (ExecutionException x) {
      run.patience.check(); // where that is why it failed, it is no failure of the job
      if (ExceptionUtils.findThrowable(x, NoResourceAvailableException.class).isPresent()) {
        throw new Patience.Exceeded("waiting for a slot of the cluster: " + Errors.text(x.getCause()));
      }
      return Errors.text(x.getCause());
    } catch (Patience.Exceeded x) {
      job.cancel();
      throw x;
    }
  }

  private static boolean ended(Future<?> end) throws InterruptedException, ExecutionException {
    try {
      end.get(Run.POLL_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException x) {
      return false;
    }
  }

  /** Plans each query alone and returns null or its error, in order. */
  List<String> errorsOf(List<String> queries) {
    List<String> out = new ArrayList<>();
    for (String q : queries) {
      out.add(errorOf(q));
    }
    return out;
  }

  private String errorOf(String query) {
    try {
      query(query);
      return null;
    } catch (RuntimeException | AssertionError | StackOverflowError x) {
      return Errors.text(x);
    }
  }
}
