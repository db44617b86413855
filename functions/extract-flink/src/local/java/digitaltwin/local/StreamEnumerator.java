package digitaltwin.local;

import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/** Gives the one split, from the start of the stream, to the first reader; a restored reader has its own. */
final class StreamEnumerator implements SplitEnumerator<StreamSplit, Boolean> {
  private final SplitEnumeratorContext<StreamSplit> context;
  private boolean given;

  StreamEnumerator(SplitEnumeratorContext<StreamSplit> context, boolean given) {
    this.context = context;
    this.given = given;
  }

  @Override
  public void start() {}

  @Override
  public void handleSplitRequest(int subtask, String host) {}

  @Override
  public void addSplitsBack(List<StreamSplit> splits, int subtask) {
    splits.forEach(s -> context.assignSplit(s, subtask));
  }

  @Override
  public void addReader(int subtask) {
    if (!given) {
      given = true;
      context.assignSplit(new StreamSplit(0), subtask);
    }
  }

  @Override
  public Boolean snapshotState(long checkpoint) {
    return given;
  }

  @Override
  public void close() {}
}
