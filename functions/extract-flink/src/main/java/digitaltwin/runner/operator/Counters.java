package digitaltwin.runner.operator;

import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;

/**
 * The counters of what a job loses, each since the job was started. Managed Flink publishes what lies below
 * the metric group {@code kinesisanalytics}: here with the dimension Dataset.
 */
public final class Counters {
  /** Records that the format of their table could not read, wholly or in part. */
  public static final String UNREADABLE = "Unreadable";

  /** Records that the query failed on, and the rest of which was given up. */
  public static final String QUERY_FAILED = "QueryFailed";

  /** Rows of the sink without component, metric, value or event time. */
  public static final String DROPPED_NULL = "DroppedNull";

  /** Rows of the sink whose value is no number that JSON can hold. */
  public static final String DROPPED_NOT_FINITE = "DroppedNotFinite";

  /** Rows of the sink whose event time is outside the years 1 to 9999. */
  public static final String DROPPED_BAD_TIME = "DroppedBadTime";

  public static final List<String> ALL =
      List.of(UNREADABLE, QUERY_FAILED, DROPPED_NULL, DROPPED_NOT_FINITE, DROPPED_BAD_TIME);

  /** Returns a counter of the operator that asks. */
  public static Counter of(RuntimeContext operator, String dataset, String name) {
    return operator.getMetricGroup().addGroup("kinesisanalytics").addGroup("Dataset", dataset).counter(name);
  }

  private Counters() {}
}
