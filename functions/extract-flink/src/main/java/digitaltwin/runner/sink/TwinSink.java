package digitaltwin.runner.sink;

import digitaltwin.runner.operator.OperatorIds;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSink;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.sink.DataStreamSinkProvider;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.data.RowData;

/** Filters rows before the sink that it wraps, in a chain and with operator ids of its own. */
final class TwinSink implements DynamicTableSink {
  private final DynamicTableSink wrapped;
  private final String dataset;

  TwinSink(DynamicTableSink wrapped, String dataset) {
    this.wrapped = wrapped;
    this.dataset = dataset;
  }

  @Override
  public ChangelogMode getChangelogMode(ChangelogMode requested) {
    return ChangelogMode.insertOnly();
  }

  @Override
  public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
    if (!(wrapped.getSinkRuntimeProvider(context) instanceof SinkV2Provider provider)) {
      throw new IllegalStateException("the connector kinesis gives no sink that can be wrapped: "
          + wrapped.asSummaryString());
    }
    return new DataStreamSinkProvider() {
      @Override
      public DataStreamSink<?> consumeDataStream(ProviderContext unused, DataStream<RowData> rows) {
        int n = OperatorIds.next("digitaltwin");
        DataStreamSink<RowData> sink = rows.filter(new DeliverableRows(dataset)).name("twin-filter-" + n)
            .uid("twin-filter-" + n)
            .startNewChain().sinkTo(provider.createSink()).name("twin-sink-" + n).uid("twin-sink-" + n);
        provider.getParallelism().ifPresent(sink::setParallelism);
        return sink;
      }
    };
  }

  @Override
  public DynamicTableSink copy() {
    return new TwinSink(wrapped.copy(), dataset);
  }

  @Override
  public String asSummaryString() {
    return "twin over " + wrapped.asSummaryString();
  }
}
