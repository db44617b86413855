package digitaltwin.local;

import java.util.Set;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.connector.kinesis.sink.PartitionKeyGenerator;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.SerializationFormatFactory;
import org.apache.flink.table.types.DataType;
import org.apache.flink.util.InstantiationUtil;

/**
 * The connector {@code kinesis} over local streams. Like the official one it pushes nothing into the
 * source, hands each record as bytes to the table's format, takes the partition key from the class that
 * {@code sink.partitioner} names, and refuses options that it does not know.
 */
public final class LocalKinesisFactory implements DynamicTableSourceFactory, DynamicTableSinkFactory {
  private static final ConfigOption<String> ARN = text("stream.arn");
  private static final ConfigOption<String> PARTITIONER = text("sink.partitioner");

  private static ConfigOption<String> text(String key) {
    return ConfigOptions.key(key).stringType().noDefaultValue();
  }

  @Override
  public String factoryIdentifier() {
    return "kinesis";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(ARN, FactoryUtil.FORMAT);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(text("aws.region"), text("source.init.position"), text("source.init.timestamp"),
        text("source.init.timestamp.format"), text("source.reader.type"),
        text("source.efo.consumer.name"), text("source.efo.lifecycle"), text("source.shard.discovery.interval"),
        PARTITIONER,
        text("sink.flush-buffer.timeout"), text("sink.fail-on-error"), text("sink.batch.max-size"));
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    var format = helper.discoverDecodingFormat(DeserializationFormatFactory.class, FactoryUtil.FORMAT);
    helper.validate();
    return new TableSource(format, context.getPhysicalRowDataType(), helper.getOptions().get(ARN));
  }

  @Override
  public DynamicTableSink createDynamicTableSink(Context context) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    var format = helper.discoverEncodingFormat(SerializationFormatFactory.class, FactoryUtil.FORMAT);
    helper.validate();
    return new TableSink(format, context.getPhysicalRowDataType(), helper.getOptions().get(ARN),
        partitioner(helper.getOptions().get(PARTITIONER), context.getClassLoader()));
  }

  private static PartitionKeyGenerator<RowData> partitioner(String name, ClassLoader loader) {
    try {
      @SuppressWarnings("unchecked") // as in the official connector, the option decides
      PartitionKeyGenerator<RowData> p = InstantiationUtil.instantiate(name, PartitionKeyGenerator.class, loader);
      return p;
    } catch (Exception x) {
      throw new IllegalArgumentException("sink.partitioner: " + name, x);
    }
  }

  private record TableSource(DecodingFormat<DeserializationSchema<RowData>> format, DataType type, String stream)
      implements ScanTableSource {
    @Override
    public ChangelogMode getChangelogMode() {
      return format.getChangelogMode();
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
      StreamSource source = new StreamSource(stream, format.createRuntimeDecoder(context, type),
          context.createTypeInformation(type));
      return new DataStreamScanProvider() {
        @Override
        public DataStream<RowData> produceDataStream(ProviderContext unused, StreamExecutionEnvironment env) {
          return env.fromSource(source, WatermarkStrategy.noWatermarks(), asSummaryString());
        }

        @Override
        public boolean isBounded() {
          return false;
        }
      };
    }

    @Override
    public DynamicTableSource copy() {
      return this;
    }

    @Override
    public String asSummaryString() {
      return "local stream " + stream;
    }
  }

  private record TableSink(EncodingFormat<SerializationSchema<RowData>> format, DataType type, String stream,
      PartitionKeyGenerator<RowData> partitioner) implements DynamicTableSink {
    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
      return format.getChangelogMode();
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
      return SinkV2Provider.of(new StreamSink(stream, format.createRuntimeEncoder(context, type), partitioner));
    }

    @Override
    public DynamicTableSink copy() {
      return this;
    }

    @Override
    public String asSummaryString() {
      return "local stream " + stream;
    }
  }
}
