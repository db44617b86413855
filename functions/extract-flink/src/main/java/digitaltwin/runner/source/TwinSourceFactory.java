package digitaltwin.runner.source;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;

/**
 * The connector {@code twin} of tables that are read: a {@link TwinSource} over what the connector {@code
 * kinesis} makes of the same options. Those of the format stay here, and that connector reads bytes.
 */
public final class TwinSourceFactory implements DynamicTableSourceFactory {
  private static final String WRAPPED = "kinesis";
  private static final String BYTES = "raw";
  private static final String IGNORE = "ignore-parse-errors"; // what every format that can do so calls it
  private static final ConfigOption<String> DATASET = ConfigOptions.key("twin.dataset").stringType().noDefaultValue();
  private static final ResolvedSchema RECORD = ResolvedSchema.of(Column.physical("record", DataTypes.BYTES()));

  @Override
  public String factoryIdentifier() {
    return "twin";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(FactoryUtil.FORMAT, DATASET);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(); // the wrapped connector checks its own
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    Map<String, String> options = context.getCatalogTable().getOptions();
    String format = options.get(FactoryUtil.FORMAT.key()) + ".";
    Map<String, String> strict = new HashMap<>(options);
    strict.remove(format + IGNORE);
    Map<String, String> wrapped = new HashMap<>(options);
    wrapped.keySet().removeIf(k -> k.startsWith(format) || k.equals(DATASET.key()));
    Set<String> others = Set.copyOf(wrapped.keySet());
    wrapped.put(FactoryUtil.CONNECTOR.key(), WRAPPED);
    wrapped.put(FactoryUtil.FORMAT.key(), BYTES);
    return new TwinSource(records(context, wrapped), format(context, options, others), format(context, strict, others),
        context.getPhysicalRowDataType(), options.get(DATASET.key()), context.getObjectIdentifier().getObjectName());
  }

  private static ScanTableSource records(Context context, Map<String, String> options) {
    CatalogTable table = CatalogTable.newBuilder().schema(Schema.newBuilder().fromResolvedSchema(RECORD).build())
        .options(options).build();
    return (ScanTableSource) FactoryUtil.createDynamicTableSource(null, context.getObjectIdentifier(),
        new ResolvedCatalogTable(table, RECORD), context.getEnrichmentOptions(), context.getConfiguration(),
        context.getClassLoader(), context.isTemporary());
  }

  /** Returns the format that options speak of, and refuses options that it does not know. */
  private DecodingFormat<DeserializationSchema<RowData>> format(Context context, Map<String, String> options,
      Set<String> others) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this,
        new FactoryUtil.DefaultDynamicTableContext(
            context.getObjectIdentifier(), context.getCatalogTable().copy(options), context.getEnrichmentOptions(),
            context.getConfiguration(), context.getClassLoader(), context.isTemporary()));
    var format = helper.discoverDecodingFormat(DeserializationFormatFactory.class, FactoryUtil.FORMAT);
    helper.validateExcept(others.toArray(String[]::new));
    return format;
  }
}
