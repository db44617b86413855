package digitaltwin.oracle;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.types.Row;

/**
 * What one job reads and gives. The operators of the job live in the same JVM and find it by its key,
 * which is an option of their tables.
 */
final class Run {
  private static final Map<String, Run> RUNS = new ConcurrentHashMap<>();
  private static long keys;
  static final long POLL_MILLIS = 500; // how often the patience is looked at

  /** What went wrong with one record; kind is "decode", "query" or "hang". */
  record Fault(int record, String kind, String message) {}

  final String key;
  final List<byte[]> records;
  final boolean apart; // each record only after all rows of the one before, which a WATERMARK would wait for ever
  final List<List<Row>> rows = new ArrayList<>();
  final Set<Fault> faults = new LinkedHashSet<>();
  final Patience patience;
  private final List<Long> seen = new ArrayList<>(); // by sink: the last marker
  private volatile int current;

  Run(List<byte[]> records, boolean apart, Patience patience) {
    this.records = records;
    this.apart = apart;
    this.patience = patience;
    for (int i = 0; i < records.size(); i++) {
      rows.add(new ArrayList<>());
    }
    synchronized (RUNS) {
      key = Long.toString(++keys);
    }
    RUNS.put(key, this);
  }

  static Run of(String key) {
    Run r = RUNS.get(key);
    if (r == null) {
      throw new IllegalStateException("the run is over");
    }
    return r;
  }

  void forget() {
    RUNS.remove(key);
  }

  /** Makes room for a sink, at planning, and returns its number. */
  synchronized int addSink() {
    seen.add(-1L);
    return seen.size() - 1;
  }

  void begin(int record) {
    current = record;
    patience.progress("record " + record + " of " + records.size() + " to reach every sink");
  }

  synchronized void fault(int record, String kind, Throwable t) {
    faults.add(new Fault(record, kind, Errors.text(t)));
  }

  /** Takes a row; it belongs to the record in flight, for there is only one. */
  synchronized void add(Row row) {
    rows.get(current).add(row);
  }

  synchronized void seen(int sink, long marker) {
    if (marker > seen.get(sink)) {
      seen.set(sink, marker);
      notifyAll();
    }
  }

  /** Waits until every sink has everything of the record. */
  synchronized void await(int record) throws InterruptedException, Patience.Exceeded {
    patience.check();
    while (seen.stream().anyMatch(m -> m < record)) {
      wait(POLL_MILLIS);
      patience.check();
    }
  }
}
