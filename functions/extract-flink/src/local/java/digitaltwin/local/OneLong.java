package digitaltwin.local;

import java.nio.ByteBuffer;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Keeps something that is one number in savepoints. */
final class OneLong<T> implements SimpleVersionedSerializer<T> {
  private final ToLongFunction<T> write;
  private final LongFunction<T> read;

  OneLong(ToLongFunction<T> write, LongFunction<T> read) {
    this.write = write;
    this.read = read;
  }

  @Override
  public int getVersion() {
    return 1;
  }

  @Override
  public byte[] serialize(T value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(write.applyAsLong(value)).array();
  }

  @Override
  public T deserialize(int version, byte[] bytes) {
    return read.apply(ByteBuffer.wrap(bytes).getLong());
  }
}
