package digitaltwin.local;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarBinaryType;

/** Reads a stream: a record is a row of one column of bytes. The state of its enumerator is whether its one split was given away. */
final class StreamSource implements Source<RowData, StreamSplit, Boolean>, ResultTypeQueryable<RowData> {
  private final String stream;

  StreamSource(String stream) {
    this.stream = stream;
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<RowData, StreamSplit> createReader(SourceReaderContext context) {
    return new StreamReader(context, stream);
  }

  @Override
  public SplitEnumerator<StreamSplit, Boolean> createEnumerator(SplitEnumeratorContext<StreamSplit> context) {
    return new StreamEnumerator(context, false);
  }

  @Override
  public SplitEnumerator<StreamSplit, Boolean> restoreEnumerator(SplitEnumeratorContext<StreamSplit> context, Boolean given) {
    return new StreamEnumerator(context, given);
  }

  @Override
  public SimpleVersionedSerializer<StreamSplit> getSplitSerializer() {
    return new OneLong<>(StreamSplit::position, StreamSplit::new);
  }

  @Override
  public SimpleVersionedSerializer<Boolean> getEnumeratorCheckpointSerializer() {
    return new OneLong<>(given -> given ? 1 : 0, n -> n == 1);
  }

  @Override
  public TypeInformation<RowData> getProducedType() {
    return InternalTypeInfo.of(RowType.of(new VarBinaryType(VarBinaryType.MAX_LENGTH)));
  }
}
