package digitaltwin.runner.sink;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.FactoryUtil;

/**
 * The connector {@code twin}: a {@link TwinSink} around what the connector {@code kinesis} makes of the same options.
 */
public final class TwinSinkFactory implements DynamicTableSinkFactory {
  private static final String WRAPPED = "kinesis";

  @Override
  public String factoryIdentifier() {
    return "twin";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(); // the wrapped connector checks them
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of();
  }

  @Override
  public DynamicTableSink createDynamicTableSink(Context context) {
    Map<String, String> options = new HashMap<>(context.getCatalogTable().getOptions());
    options.put(FactoryUtil.CONNECTOR.key(), WRAPPED);
    ResolvedCatalogTable table = context.getCatalogTable().copy(options);
    DynamicTableSink wrapped = FactoryUtil.createDynamicTableSink(null, context.getObjectIdentifier(), table,
        context.getEnrichmentOptions(), context.getConfiguration(), context.getClassLoader(), context.isTemporary());
    return new TwinSink(wrapped, options.get(ChangeFormatFactory.IDENTIFIER + "." + ChangeFormatFactory.DATASET.key()));
  }
}
