package digitaltwin.runner.source;

import digitaltwin.runner.operator.OperatorIds;
import java.util.Optional;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;

/**
 * Decodes the records of the source that it wraps. Nothing is pushed into it: the format sees all columns
 * that are declared, as it does behind the connector kinesis.
 *
 * @param records rows of one column of bytes
 * @param format as the table declares it
 * @param strict the same, but failing on what it cannot read
 */
record TwinSource(ScanTableSource records, DecodingFormat<DeserializationSchema<RowData>> format,
    DecodingFormat<DeserializationSchema<RowData>> strict, DataType type, String dataset, String table)
    implements ScanTableSource {
  @Override
  public ChangelogMode getChangelogMode() {
    return format.getChangelogMode();
  }

  @Override
  public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
    if (!(records.getScanRuntimeProvider(context) instanceof DataStreamScanProvider provider)) {
      throw new IllegalStateException("the connector kinesis gives no source that can be wrapped: "
          + records.asSummaryString());
    }
    RecordDecoder decoder = new RecordDecoder(strict.createRuntimeDecoder(context, type),
        format.createRuntimeDecoder(context, type), dataset);
    TypeInformation<RowData> rows = context.createTypeInformation(type);
    return new DataStreamScanProvider() {
      @Override
      public DataStream<RowData> produceDataStream(ProviderContext planner, StreamExecutionEnvironment env) {
        DataStream<RowData> bytes = provider.produceDataStream(planner, env);
        bytes.getTransformation().setUid("twin-source-" + table + "-" + OperatorIds.next(table));
        return bytes.flatMap(decoder, rows);
      }

      @Override
      public boolean isBounded() {
        return provider.isBounded();
      }

      @Override
      public Optional<Integer> getParallelism() {
        return provider.getParallelism();
      }
    };
  }

  @Override
  public DynamicTableSource copy() {
    return new TwinSource((ScanTableSource) records.copy(), format, strict, type, dataset, table);
  }

  @Override
  public String asSummaryString() {
    return "twin over " + records.asSummaryString();
  }
}
