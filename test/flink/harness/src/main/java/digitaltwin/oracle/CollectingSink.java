package digitaltwin.oracle;

import java.util.Set;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSink;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.sink.DataStreamSinkProvider;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;

/**
 * The connector {@code collect}: hands every row to its {@link Run}. It begins a chain of its own, as
 * the sink of the deployed runner does.
 */
public final class CollectingSink implements DynamicTableSinkFactory {
  @Override
  public String factoryIdentifier() {
    return "collect";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(ByteSource.RUN);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of();
  }

  @Override
  public DynamicTableSink createDynamicTableSink(Context context) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    helper.validate();
    return new Sink(context.getPhysicalRowDataType(), helper.getOptions().get(ByteSource.RUN));
  }

  private record Sink(DataType type, String key) implements DynamicTableSink {
    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
      return ChangelogMode.insertOnly();
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
      DataStructureConverter converter = context.createDataStructureConverter(type);
      return new DataStreamSinkProvider() {
        @Override
        public DataStreamSink<?> consumeDataStream(ProviderContext unused, DataStream<RowData> rows) {
          Collect collect = new Collect(key, Run.of(key).addSink(), converter);
          return rows.transform("collect", Types.VOID, collect).startNewChain().sinkTo(new DiscardingSink<>());
        }
      };
    }

    @Override
    public DynamicTableSink copy() {
      return this;
    }

    @Override
    public String asSummaryString() {
      return "collect";
    }
  }

  private static final class Collect extends AbstractStreamOperator<Void>
      implements OneInputStreamOperator<RowData, Void> {
    private final String key;
    private final int sink;
    private final DynamicTableSink.DataStructureConverter converter;

    Collect(String key, int sink, DynamicTableSink.DataStructureConverter converter) {
      this.key = key;
      this.sink = sink;
      this.converter = converter;
    }

    @Override
    public void processElement(StreamRecord<RowData> row) {
      Run.of(key).add((Row) converter.toExternal(row.getValue()));
    }

    @Override
    public void processWatermark(Watermark marker) throws Exception {
      super.processWatermark(marker);
      Run.of(key).seen(sink, marker.getTimestamp());
    }
  }
}
