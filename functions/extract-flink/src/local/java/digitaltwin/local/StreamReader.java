package digitaltwin.local;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;

/**
 * Reads one split: a thread takes records from the connection, the task decodes them. The position moves
 * on once all rows of a record are on their way.
 */
final class StreamReader implements SourceReader<RowData, StreamSplit> {
  private static final int WAITING = 1000; // records that have been received and not yet decoded

  /** A record, the end of the stream (no bytes), or what broke the connection. */
  private record Received(byte[] record, IOException failure) {}

  private final SourceReaderContext context;
  private final String stream;
  private final DeserializationSchema<RowData> decoder;
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>(WAITING);
  private final Thread receiver = new Thread(this::receive, "stream-reader");
  private Connection connection;
  private boolean assigned;
  private long position;
  private volatile boolean closed;
  private CompletableFuture<Void> available = new CompletableFuture<>(); // guarded by this

  StreamReader(SourceReaderContext context, String stream, DeserializationSchema<RowData> decoder) {
    this.context = context;
    this.stream = stream;
    this.decoder = decoder;
  }

  @Override
  public void start() {
    context.sendSplitRequest();
  }

  @Override
  public void addSplits(List<StreamSplit> splits) {
    assigned = true;
    position = splits.get(0).position();
    receiver.setDaemon(true);
    receiver.start();
  }

  private void receive() {
    try {
      connection = Connection.read(stream, position);
      for (byte[] record = new byte[0]; record != null; ) {
        record = connection.next();
        received.put(new Received(record, null));
        wake();
      }
    } catch (IOException x) {
      if (!closed) {
        received.clear(); // the job fails, and what it has not decoded is read again
        received.add(new Received(null, x));
        wake();
      }
    } catch (InterruptedException x) {
      // the reader is closed
    }
  }

  private synchronized void wake() {
    available.complete(null);
  }

  @Override
  public synchronized CompletableFuture<Void> isAvailable() {
    if (available.isDone() && received.isEmpty()) {
      available = new CompletableFuture<>();
    }
    return available;
  }

  @Override
  public InputStatus pollNext(ReaderOutput<RowData> output) throws Exception {
    Received r = received.poll();
    if (r == null) {
      return InputStatus.NOTHING_AVAILABLE;
    } else if (r.failure != null) {
      throw r.failure;
    } else if (r.record == null) {
      return InputStatus.END_OF_INPUT;
    }
    decoder.deserialize(r.record, new Collector<>() {
      @Override
      public void collect(RowData row) {
        output.collect(row);
      }

      @Override
      public void close() {}
    });
    position++;
    return received.isEmpty() ? InputStatus.NOTHING_AVAILABLE : InputStatus.MORE_AVAILABLE;
  }

  @Override
  public List<StreamSplit> snapshotState(long checkpoint) {
    return assigned ? List.of(new StreamSplit(position)) : List.of();
  }

  @Override
  public void notifyNoMoreSplits() {}

  @Override
  public void close() throws Exception {
    closed = true;
    receiver.interrupt();
    if (connection != null) {
      connection.close();
    }
  }
}
