package digitaltwin.oracle;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ends the decoding of a record that never ends by itself: Flink's json decoder can lose its place in a
 * record and then look for the end of a MAP or an ARRAY behind the end of the text, for ever. A real job
 * hangs, or an ARRAY grows until no memory is left; here the next record must go on. The decoder takes even
 * the end of its thread for an unreadable value, and where that was an element the loop around it goes on,
 * so the watchdog does not stop it only once.
 */
final class Watchdog extends Thread {
  // of any record or row, which may be its first in code not compiled yet
  private static final long CPU_NANOS = 500_000_000L;
  private static final long CPU_NANOS_PER_BYTE = 50_000L;
  private static final int COLD = 2_000; // records of this JVM, until which its decoders are loaded and compiled
  private static final int WARM = 5; // so much less time is enough from then on
  private static final AtomicInteger RECORDS = new AtomicInteger();
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private final Thread worker;
  private int record = -1; // in work; -1 between records
  private long deadline; // in CPU time of the worker
  private int stopped = -1;

  Watchdog(Thread worker) {
    super("watchdog");
    this.worker = worker;
    setDaemon(true);
  }

  synchronized void begin(int r, int bytes) {
    record = r;
    long allowed = CPU_NANOS + bytes * CPU_NANOS_PER_BYTE;
    deadline = CPU.getThreadCpuTime(worker.getId()) + (RECORDS.incrementAndGet() > COLD ? allowed / WARM : allowed);
  }

  /**
   * Gives the query as much time for a row as a record has, which the decoder does not lose. Returns what it had left.
   */
  synchronized long leave() {
    long now = CPU.getThreadCpuTime(worker.getId());
    long left = deadline - now;
    deadline = now + CPU_NANOS + left;
    return left;
  }

  /** Goes on with the time that the decoder had left. */
  synchronized void enter(long left) {
    deadline = CPU.getThreadCpuTime(worker.getId()) + left;
  }

  /** Reports whether the record in work has been stopped: what it still gives is nothing. */
  synchronized boolean hasStopped() {
    return stopped == record;
  }

  /** Ends the watch, and reports whether the record had to be stopped. */
  synchronized boolean end() {
    boolean was = stopped == record;
    record = -1;
    return was;
  }

  @Override
  public void run() {
    try {
      while (true) {
        sleep(check() ? 5 : 20);
      }
    } catch (InterruptedException x) {
      // the feed is over
    }
  }

  @SuppressWarnings({"deprecation", "removal"}) // nothing else ends a loop that looks at no flag
  private synchronized boolean check() {
    if (record < 0 || CPU.getThreadCpuTime(worker.getId()) <= deadline) {
      return false;
    }
    stopped = record;
    worker.stop();
    return true;
  }
}
