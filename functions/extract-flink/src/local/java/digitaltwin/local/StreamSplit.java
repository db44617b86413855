package digitaltwin.local;

import org.apache.flink.api.connector.source.SourceSplit;

/** A stream from a position on. A local stream has one shard, so a source has one split. */
record StreamSplit(long position) implements SourceSplit {
  @Override
  public String splitId() {
    return "shard-0";
  }
}
