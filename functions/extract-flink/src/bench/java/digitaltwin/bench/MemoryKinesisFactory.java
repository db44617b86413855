package digitaltwin.bench;

import digitaltwin.runner.sink.HashedPartition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.SerializationFormatFactory;
import org.apache.flink.table.types.DataType;

/** The connector {@code kinesis} over memory. Other options than the format of the sink do not matter to it. */
public final class MemoryKinesisFactory implements DynamicTableSourceFactory, DynamicTableSinkFactory {
  static byte[][] records;

  static void load(Path lines) throws IOException {
    records = Files.readAllLines(lines).stream().map(l -> l.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
  }

  @Override
  public String factoryIdentifier() {
    return "kinesis";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(FactoryUtil.FORMAT);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of();
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    return new MemorySource(context.getPhysicalRowDataType());
  }

  @Override
  public DynamicTableSink createDynamicTableSink(Context context) {
    return new NoSink(FactoryUtil.createTableFactoryHelper(this, context)
        .discoverEncodingFormat(SerializationFormatFactory.class, FactoryUtil.FORMAT),
        context.getPhysicalRowDataType());
  }

  private record MemorySource(DataType type) implements ScanTableSource {
    @Override
    public ChangelogMode getChangelogMode() {
      return ChangelogMode.insertOnly();
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
      return new DataStreamScanProvider() {
        @Override
        public DataStream<RowData> produceDataStream(ProviderContext unused, StreamExecutionEnvironment env) {
          return env.fromSource(new NumberSequenceSource(1, 1), WatermarkStrategy.noWatermarks(), "start").uid("start")
              .transform("loop", context.createTypeInformation(type), new Loop()).uid("loop");
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
      return "memory";
    }
  }

  private record NoSink(EncodingFormat<SerializationSchema<RowData>> format, DataType type)
      implements DynamicTableSink {
    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
      return format.getChangelogMode();
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
      return SinkV2Provider.of(new Discard(format.createRuntimeEncoder(context, type), new HashedPartition()));
    }

    @Override
    public DynamicTableSink copy() {
      return this;
    }

    @Override
    public String asSummaryString() {
      return "nowhere";
    }
  }
}
