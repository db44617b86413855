package digitaltwin.oracle;

import java.time.Duration;
import org.apache.flink.api.dag.Pipeline;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.PipelineExecutor;
import org.apache.flink.core.execution.PipelineExecutorFactory;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient.JobFinalizationBehavior;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.table.api.config.TableConfigOptions;

/** One MiniCluster for all jobs: the default local executor starts one for each, which takes a second. */
public final class Cluster implements PipelineExecutorFactory {
  private static final String TARGET = "twin-mini";
  private static final Duration NEVER = Duration.ofDays(1);
  private static MiniCluster cluster;

  /** Starts the cluster; slots bounds how many jobs run at once, those included that have not given theirs back yet. */
  static void start(int slots) throws Exception {
    Configuration c = new Configuration();
    c.set(RestOptions.ADDRESS, "127.0.0.1");
    c.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    c.set(RestOptions.BIND_PORT, "0");
    c.set(JobManagerOptions.JOB_STORE_MAX_CAPACITY, 1); // of jobs that are over
    // The slots share it evenly, and a window needs 4 MiB of its slot. What no task asks for is never allocated.
    c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(4L * slots));
    c.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
    c.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
    // All of the cluster is in this process: what does not answer in time is slow, and not gone.
    c.set(RpcOptions.ASK_TIMEOUT_DURATION, NEVER);
    c.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, NEVER);
    c.set(JobManagerOptions.SLOT_REQUEST_TIMEOUT, NEVER);
    c.set(TaskManagerOptions.SLOT_TIMEOUT, NEVER);
    cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
        .setConfiguration(c).setNumTaskManagers(1).setNumSlotsPerTaskManager(slots)
        .setCommonBindAddress("127.0.0.1").build());
    cluster.start();
  }

  /**
   * Returns the settings of a job on this cluster. Flink parses all code that it generates, to split methods
   * of more than 4,000 characters, which is a third of the time of a small job; whole code is split later.
   */
  static Configuration settings(boolean objectReuse, boolean wholeCode) {
    Configuration c = new Configuration();
    c.set(DeploymentOptions.TARGET, TARGET);
    c.set(CoreOptions.DEFAULT_PARALLELISM, 1);
    c.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ZERO);
    c.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
    c.set(PipelineOptions.OBJECT_REUSE, objectReuse);
    if (wholeCode) {
      c.set(TableConfigOptions.MAX_LENGTH_GENERATED_CODE, 20_000);
    }
    return c;
  }

  @Override
  public String getName() {
    return TARGET;
  }

  @Override
  public boolean isCompatibleWith(Configuration c) {
    return TARGET.equals(c.get(DeploymentOptions.TARGET));
  }

  @Override
  public PipelineExecutor getExecutor(Configuration c) {
    return (Pipeline pipeline, Configuration settings, ClassLoader loader) -> {
      JobGraph graph = ((StreamGraph) pipeline).getJobGraph();
      return cluster.submitJob(graph).thenApply(x -> (JobClient)
          new MiniClusterJobClient(graph.getJobID(), cluster, loader, JobFinalizationBehavior.NOTHING));
    };
  }
}
