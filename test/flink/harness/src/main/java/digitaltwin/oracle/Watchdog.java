package digitaltwin.oracle;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Ends the decoding of a record that never ends by itself: Flink's json decoder can lose its place in a
 * record and then look for the end of a MAP behind the end of the text, for ever. A real job hangs;
 * here the next record must go on.
 */
final class Watchdog extends Thread {
  private static final long CPU_NANOS = 1_000_000_000L;
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private final Thread worker;
  private int record = -1; // in work; -1 between records
  private long begun; // CPU time of the worker
  private int stopped = -1;

  Watchdog(Thread worker) {
    super("watchdog");
    this.worker = worker;
    setDaemon(true);
  }

  synchronized void begin(int r) {
    record = r;
    begun = CPU.getThreadCpuTime(worker.getId());
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
        sleep(200);
        check();
      }
    } catch (InterruptedException x) {
      // the feed is over
    }
  }

  @SuppressWarnings({"deprecation", "removal"}) // nothing else ends a loop that looks at no flag
  private synchronized void check() {
    if (record >= 0 && stopped != record && CPU.getThreadCpuTime(worker.getId()) - begun > CPU_NANOS) {
      stopped = record;
      worker.stop();
    }
  }
}
