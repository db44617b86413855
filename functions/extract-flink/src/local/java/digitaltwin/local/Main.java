package digitaltwin.local;

import com.amazonaws.services.kinesisanalytics.runtime.KinesisAnalyticsRuntime;
import digitaltwin.runner.Bindings;
import digitaltwin.runner.Extractor;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;

/**
 * Runs extractors in this process, one at a time. The lines on standard input are commands, with fields between tabs:
 *
 * <pre>
 *   run PORT TOKEN PROPERTY_GROUPS.json EXTRACTOR.sql [SAVEPOINT]
 *       starts a job; port and token as in {@link Connection}
 *   savepoint DIR
 *       stops the job with a savepoint
 * </pre>
 *
 * The end of standard input ends the process at once. What happens is told by {@link Events}.
 */
public final class Main {
  private static final int REPORT_MILLIS = 250;
  private static final Duration NEVER = Duration.ofDays(1);

  private final Events events = new Events();
  private final Object ending = new Object(); // held while a savepoint is made, which ends the job before it is told of
  private volatile JobClient job;

  public static void main(String[] args) {
    new Main().obey();
  }

  private void obey() {
    try {
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line; (line = in.readLine()) != null; ) {
        String[] command = line.split("\t");
        switch (command[0]) {
          case "run" -> new Thread(() -> run(command), "job").start();
          case "savepoint" -> save(command[1]);
          default -> throw new IllegalArgumentException("no such command: " + line);
        }
      }
    } catch (Exception x) {
      events.failed(message(x));
    }
    Temporary.remove();
    Runtime.getRuntime().halt(0); // the cluster's threads would keep the JVM alive
  }

  private void run(String[] command) {
    try {
      events.restart();
      Connection.use(Integer.parseInt(command[1]), command[2]);
      Bindings bindings = new Bindings(KinesisAnalyticsRuntime.getApplicationProperties(command[3]));
      Extractor extractor = new Extractor(bindings, Files.readString(Path.of(command[4])),
          settings(command.length > 5 ? command[5] : null));
      job = extractor.start().getJobClient().orElseThrow();
      await(job.getJobExecutionResult());
      synchronized (ending) {
        events.counted();
        events.finished();
      }
    } catch (Throwable x) {
      events.counted();
      events.failed(message(x));
    }
  }

  private void await(Future<?> end) throws Exception {
    while (true) {
      try {
        end.get(REPORT_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException x) {
        events.counted();
      }
    }
  }

  private void save(String dir) throws InterruptedException, ExecutionException {
    synchronized (ending) {
      events.savepoint(job.stopWithSavepoint(false, dir, SavepointFormatType.CANONICAL).get());
    }
  }

  private static String message(Throwable x) {
    while (x instanceof ExecutionException && x.getCause() != null) {
      x = x.getCause();
    }
    Throwable root = x;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String all = String.valueOf(x.getMessage());
    return all.contains(String.valueOf(root.getMessage())) ? all : all + " <- " + root.getMessage();
  }

  /** A small cluster, which shows rows at once and does not hide a failure by starting anew. */
  private static Configuration settings(String savepoint) {
    Configuration c = new Configuration();
    c.set(RestOptions.ADDRESS, "127.0.0.1");
    c.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    c.set(RestOptions.BIND_PORT, "0");
    c.set(CoreOptions.DEFAULT_PARALLELISM, 1);
    c.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(10));
    c.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
    c.set(PipelineOptions.OBJECT_REUSE, true);
    c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
    c.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
    c.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
    // All of the cluster is in this process: what does not answer in time is slow, or the laptop was asleep.
    c.set(RpcOptions.ASK_TIMEOUT_DURATION, NEVER);
    c.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, NEVER);
    c.set(JobManagerOptions.SLOT_REQUEST_TIMEOUT, NEVER);
    c.set(TaskManagerOptions.SLOT_TIMEOUT, NEVER);
    c.set(MetricOptions.REPORTERS_LIST, "counted");
    c.setString("metrics.reporter.counted.factory.class", Counted.class.getName());
    if (savepoint != null) {
      c.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
      c.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true); // as AllowNonRestoredState in the cloud
    }
    return c;
  }
}
