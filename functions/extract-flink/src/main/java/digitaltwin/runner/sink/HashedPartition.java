package digitaltwin.runner.sink;

import org.apache.flink.connector.kinesis.sink.PartitionKeyGenerator;
import org.apache.flink.table.data.RowData;

/** The partition key of a change: hash(component) mod 64 in decimal, by the hash of the Go package stream. */
public final class HashedPartition implements PartitionKeyGenerator<RowData> {
  private static final int KEYS = 64;

  @Override
  public String apply(RowData row) {
    return Integer.toString(key(row.getString(0).toBytes()));
  }

  /** FNV-1a of 64 bits, folded so that every bit counts in the lowest six. */
  static int key(byte[] component) {
    long h = 0xcbf29ce484222325L;
    for (byte b : component) {
      h = (h ^ (b & 0xff)) * 0x100000001b3L;
    }
    h ^= h >>> 32;
    h ^= h >>> 16;
    return (int) (h & (KEYS - 1));
  }
}
