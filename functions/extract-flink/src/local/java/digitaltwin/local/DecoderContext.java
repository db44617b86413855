package digitaltwin.local;

import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.UserCodeClassLoader;

/** What a format asks of the source that it is opened in. */
record DecoderContext(SourceReaderContext reader) implements DeserializationSchema.InitializationContext {
  @Override
  public MetricGroup getMetricGroup() {
    return reader.metricGroup();
  }

  @Override
  public UserCodeClassLoader getUserCodeClassLoader() {
    return reader.getUserCodeClassLoader();
  }
}
