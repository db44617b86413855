package digitaltwin.local;

import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** A reporter that sees the metrics of the job's sinks: how many rows they dropped. */
public final class DroppedRows implements MetricReporter, MetricReporterFactory {
  private static final List<Counter> NULL = new CopyOnWriteArrayList<>();
  private static final List<Counter> NOT_FINITE = new CopyOnWriteArrayList<>();

  static long nulls() {
    return sum(NULL);
  }

  static long notFinite() {
    return sum(NOT_FINITE);
  }

  private static long sum(List<Counter> counters) {
    return counters.stream().mapToLong(Counter::getCount).sum();
  }

  @Override
  public MetricReporter createMetricReporter(Properties unused) {
    return this;
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (metric instanceof Counter c && name.equals("DroppedNull")) {
      NULL.add(c);
    } else if (metric instanceof Counter c && name.equals("DroppedNotFinite")) {
      NOT_FINITE.add(c);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    // what an ended job has counted stays counted
  }

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {}
}
