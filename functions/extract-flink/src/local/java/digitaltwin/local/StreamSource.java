package digitaltwin.local;

import org.apache.flink.api.common.serialization.DeserializationSchema;
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

/** Reads a stream and decodes its records. The state of its enumerator is whether its one split was given away. */
final class StreamSource implements Source<RowData, StreamSplit, Boolean>, ResultTypeQueryable<RowData> {
  private final String stream;
  private final DeserializationSchema<RowData> decoder;
  private final TypeInformation<RowData> type;

  StreamSource(String stream, DeserializationSchema<RowData> decoder, TypeInformation<RowData> type) {
    this.stream = stream;
    this.decoder = decoder;
    this.type = type;
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<RowData, StreamSplit> createReader(SourceReaderContext context) throws Exception {
    decoder.open(new DecoderContext(context));
    return new StreamReader(context, stream, decoder);
  }

  @Override
  public SplitEnumerator<StreamSplit, Boolean> createEnumerator(SplitEnumeratorContext<StreamSplit> context) {
    return new StreamEnumerator(context, false);
  }

  @Override
  public SplitEnumerator<StreamSplit, Boolean> restoreEnumerator(SplitEnumeratorContext<StreamSplit> context,
      Boolean given) {
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
    return type;
  }
}
