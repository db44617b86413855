package digitaltwin.oracle;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.flink.table.api.Table;
import org.apache.flink.types.Row;

/**
 * The main program: answers each line of JSON on standard input with one on standard output, as soon as
 * it is done. Requests carry an id and an op: version, run, select, eval, plan, functions.
 */
public final class Oracle {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int JOBS = 2; // at once
  private static final long PLANNING_NANOS = 5 * 60 * 1_000_000_000L; // of CPU time, for all that a request plans
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false,
        StandardCharsets.UTF_8);
    System.setOut(System.err); // nothing else may write between the answers
    Cluster.start(32 * JOBS);
    ExecutorService pool = Executors.newFixedThreadPool(JOBS);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      JsonNode request = JSON.readTree(line);
      pool.submit(() -> {
        String answer = watched(request).toString();
        synchronized (out) {
          out.println(answer);
          out.flush();
        }
        return null;
      });
    }
    Runtime.getRuntime().halt(0); // the cluster's threads would keep the JVM alive
  }

  /**
   * Answers on a thread of its own, which is left behind where it plans without end: nothing interrupts the planner.
   */
  private static ObjectNode watched(JsonNode q) throws InterruptedException, ExecutionException {
    CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
    Thread thread = new Thread(() -> answer.complete(answer(q)), "request " + q.path("id").asText());
    thread.setDaemon(true);
    thread.start();
    while (true) {
      try {
        return answer.get(Run.POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException x) {
        long used = THREADS.getThreadCpuTime(thread.getId()); // by its own work, which is to plan and to compile
        if (used >= PLANNING_NANOS) {
          return JSON.createObjectNode().put("id", q.path("id").asLong())
              .put("stalled", String.format("after %.1f s of CPU time, waiting for the planner", used / 1e9));
        }
      }
    }
  }

  private static ObjectNode answer(JsonNode q) {
    ObjectNode a = JSON.createObjectNode();
    try {
      switch (q.path("op").asText()) {
        case "version" -> a.put("flink", EnvironmentInformation.getVersion())
            .put("java", System.getProperty("java.version"));
        case "run" -> run(q, a);
        case "select" -> select(q, a);
        case "eval" -> eval(q, a);
        case "plan" -> plan(q, a);
        case "functions" -> Functions.list(a.putArray("functions"));
        default -> a.put("error", "no such op: " + q.path("op"));
      }
    } catch (Patience.Exceeded x) {
      a = JSON.createObjectNode().put("stalled", x.getMessage());
    } catch (Throwable x) {
      a = JSON.createObjectNode().put("error", Errors.text(x));
    }
    a.put("id", q.path("id").asLong());
    return a;
  }

  /** A whole extractor over records: the rows that reach digitaltwin. */
  private static void run(JsonNode q, ObjectNode a) throws Exception {
    Session.Bound b = sessions(q).open(records(q));
    try {
      b.session().script(q.path("sql").asText());
      finish(b, a);
    } finally {
      b.run().forget();
    }
  }

  /** The definitions of a script, and one query over them. */
  private static void select(JsonNode q, ObjectNode a) throws Exception {
    Session.Bound b = sessions(q).open(records(q));
    try {
      b.session().script(q.path("sql").asText());
      Table query = b.session().query(q.path("query").asText());
      ArrayNode types = a.putArray("types");
      b.session().collect(query).forEach(c -> types.add(c.getDataType().toString()));
      finish(b, a);
    } finally {
      b.run().forget();
    }
  }

  private static void finish(Session.Bound b, ObjectNode a) throws InterruptedException, Patience.Exceeded {
    String failure = b.session().execute();
    synchronized (b.run()) {
      ArrayNode rows = a.putArray("rows");
      for (List<Row> of : b.run().rows) {
        ArrayNode list = rows.addArray();
        of.forEach(r -> list.add(Values.row(r)));
      }
      ArrayNode faults = a.putArray("faults");
      b.run().faults.forEach(f -> faults.addObject().put("record", f.record()).put("kind", f.kind())
          .put("message", f.message()));
    }
    if (failure != null) {
      a.put("failed", failure);
    }
  }

  /** Many expressions over one table of a script. */
  private static void eval(JsonNode q, ObjectNode a) throws Exception {
    String sql = q.path("sql").asText();
    Session.Factory plain = sessions(q);
    Session.Factory sessions = records -> {
      Session.Bound b = plain.open(records);
      b.session().script(sql);
      return b;
    };
    Expressions e = new Expressions(sessions, q.path("from").asText(), texts(q.path("exprs")), records(q));
    e.evaluate();
    ArrayNode types = a.putArray("types");
    ArrayNode refused = a.putArray("refused");
    for (int i = 0; i < e.types.length; i++) {
      types.add(e.types[i]);
      refused.add(e.refused[i]);
    }
    ArrayNode rows = a.putArray("rows");
    for (List<Object[]> of : e.rows) {
      ArrayNode list = rows.addArray();
      for (Object[] r : of) {
        ArrayNode row = list.addArray();
        for (Object v : r) {
          row.add(v instanceof Expressions.Thrown t ? JSON.createObjectNode().put("error", t.message())
              : Values.json(v));
        }
      }
    }
  }

  /** Whether Flink plans a script to the end, and each of the queries over its tables. */
  private static void plan(JsonNode q, ObjectNode a) throws Exception {
    Session.Bound b = sessions(q).open(List.of());
    try {
      String error = null;
      try {
        b.session().script(q.path("sql").asText());
        b.session().plan();
      } catch (RuntimeException | AssertionError | StackOverflowError x) {
        error = Errors.text(x);
      }
      a.put("refused_script", error);
      ArrayNode refused = a.putArray("refused");
      b.session().errorsOf(texts(q.path("queries"))).forEach(refused::add);
    } finally {
      b.run().forget();
    }
  }

  private static Session.Factory sessions(JsonNode q) {
    long patience = q.path("patience_ms").asLong();
    boolean reuse = q.path("object_reuse").asBoolean();
    boolean whole = q.path("whole_code").asBoolean();
    boolean apart = !q.path("together").asBoolean();
    return records -> {
      Run run = new Run(records, apart, new Patience(patience));
      return new Session.Bound(run, new Session(run, reuse, whole));
    };
  }

  private static List<byte[]> records(JsonNode q) {
    List<byte[]> out = new ArrayList<>();
    q.path("records").forEach(r -> out.add(Base64.getDecoder().decode(r.asText())));
    return out;
  }

  private static List<String> texts(JsonNode list) {
    List<String> out = new ArrayList<>();
    list.forEach(e -> out.add(e.asText()));
    return out;
  }

  private Oracle() {}
}
