package digitaltwin.local;

import digitaltwin.runner.operator.Counters;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** A reporter that sees the {@link Counters} of the job. */
public final class Counted implements MetricReporter, MetricReporterFactory {
  private static final Map<String, Queue<Counter>> BY_NAME = new ConcurrentHashMap<>();

  /** Forgets the operators of the job before. */
  static void restart() {
    BY_NAME.clear();
  }

  /** Returns what all operators have counted, by the names of the counters. */
  static Map<String, Long> now() {
    Map<String, Long> sums = new TreeMap<>();
    BY_NAME.forEach((name, counters) -> sums.put(name, counters.stream().mapToLong(Counter::getCount).sum()));
    return sums;
  }

  @Override
  public MetricReporter createMetricReporter(Properties unused) {
    return this;
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (metric instanceof Counter c && Counters.ALL.contains(name)) {
      BY_NAME.computeIfAbsent(name, n -> new ConcurrentLinkedQueue<>()).add(c);
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
