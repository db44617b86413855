package digitaltwin.runner.sink;

import java.util.Set;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.SerializationFormatFactory;
import org.apache.flink.table.types.DataType;

/** The format {@code twin-json} of rows of {@code digitaltwin}, see {@link ChangeEncoder}. */
public final class ChangeFormatFactory implements SerializationFormatFactory {
  static final String IDENTIFIER = "twin-json";
  static final ConfigOption<String> DATASET = ConfigOptions.key("dataset").stringType().noDefaultValue();
  static final ConfigOption<String> EXTRACTOR = ConfigOptions.key("extractor").stringType().noDefaultValue();
  static final ConfigOption<Integer> REVISION = ConfigOptions.key("revision").intType().noDefaultValue();

  @Override
  public String factoryIdentifier() {
    return IDENTIFIER;
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(DATASET, EXTRACTOR, REVISION);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of();
  }

  @Override
  public EncodingFormat<SerializationSchema<RowData>> createEncodingFormat(DynamicTableFactory.Context context,
      ReadableConfig options) {
    FactoryUtil.validateFactoryOptions(this, options);
    ChangeEncoder encoder = new ChangeEncoder(options.get(DATASET), options.get(EXTRACTOR), options.get(REVISION));
    return new EncodingFormat<>() {
      @Override
      public SerializationSchema<RowData> createRuntimeEncoder(DynamicTableSink.Context unused, DataType type) {
        return encoder;
      }

      @Override
      public ChangelogMode getChangelogMode() {
        return ChangelogMode.insertOnly();
      }
    };
  }
}
