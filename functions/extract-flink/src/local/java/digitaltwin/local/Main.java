package digitaltwin.local;

import com.amazonaws.services.kinesisanalytics.runtime.KinesisAnalyticsRuntime;
import digitaltwin.runner.Bindings;
import digitaltwin.runner.Extractor;
import java.io.BufferedReader;
import java.io.IOException;
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
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;

/**
 * Runs one extractor in this process: {@code Main PROPERTY_GROUPS.json EXTRACTOR.sql [SAVEPOINT]}. A line
 * {@code savepoint DIR} on standard input stops the job with a savepoint; the end of standard input ends
 * it at once. What happens is told by {@link Events}.
 */
public final class Main {
  private static final int REPORT_MILLIS = 250;

  private final Events events = new Events();
  private final Object ending = new Object(); // held while a savepoint is made, which ends the job before it is told of
  private JobClient job;

  public static void main(String[] args) {
    new Main().run(args);
  }

  private void run(String[] args) {
    try {
      Bindings bindings = new Bindings(KinesisAnalyticsRuntime.getApplicationProperties(args[0]));
      Extractor extractor = new Extractor(bindings, Files.readString(Path.of(args[1])), settings(args.length > 2 ? args[2] : null));
      job = extractor.start().getJobClient().orElseThrow();
      Thread commands = new Thread(this::obey, "commands");
      commands.setDaemon(true);
      commands.start();
      await(job.getJobExecutionResult());
      synchronized (ending) {
        events.counted();
        events.finished();
        Runtime.getRuntime().halt(0); // the cluster's threads would keep the JVM alive
      }
    } catch (Throwable x) {
      events.counted();
      events.failed(message(x));
      Runtime.getRuntime().halt(1);
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

  private void obey() {
    try {
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line; (line = in.readLine()) != null; ) {
        if (line.startsWith("savepoint ")) {
          save(line.substring("savepoint ".length()));
        }
      }
    } catch (IOException | InterruptedException | ExecutionException x) {
      events.failed(message(x));
    }
    Runtime.getRuntime().halt(0);
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
    c.set(MetricOptions.REPORTERS_LIST, "counted");
    c.setString("metrics.reporter.counted.factory.class", Counted.class.getName());
    if (savepoint != null) {
      c.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
      c.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true); // as AllowNonRestoredState in the cloud
    }
    return c;
  }
}
