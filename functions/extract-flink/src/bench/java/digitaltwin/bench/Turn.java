package digitaltwin.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * Lets the source run in turns, and counts. The counters are written by one thread each, and read while
 * the source stands still.
 */
final class Turn {
  private static final OperatingSystemMXBean PROCESS = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final Object GATE = new Object();
  private static boolean open; // guarded by GATE
  private static boolean resting; // guarded by GATE

  static volatile long deadline; // of the turn, by System.nanoTime
  static volatile long records;
  static volatile long rows;

  /** Called by the source, between records. */
  static void pause() throws InterruptedException {
    synchronized (GATE) {
      open = false;
      resting = true;
      GATE.notifyAll();
      while (!open) {
        GATE.wait();
      }
      resting = false;
    }
  }

  /** Runs the source for some time and tells what it did: records, rows, and seconds by the clock and of CPU. */
  static String run(long millis) throws InterruptedException {
    synchronized (GATE) {
      while (!resting) {
        GATE.wait();
      }
    }
    long firstRecord = records;
    long firstRow = rows;
    long cpu = PROCESS.getProcessCpuTime();
    long start = System.nanoTime();
    deadline = start + millis * 1_000_000;
    synchronized (GATE) {
      open = true;
      resting = false;
      GATE.notifyAll();
      while (!resting) {
        GATE.wait();
      }
    }
    return "{\"records\":" + (records - firstRecord) + ",\"rows\":" + (rows - firstRow) + ",\"seconds\":"
        + (System.nanoTime() - start) / 1e9
        + ",\"cpu\":" + (PROCESS.getProcessCpuTime() - cpu) / 1e9 + "}";
  }

  private Turn() {}
}
