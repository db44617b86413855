package digitaltwin.runner.sink;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Numbers the sinks of a job in the order of its INSERTs. Their operators are named by that number and
 * not by the nodes of the plan, so that what a sink still holds survives a change of the SQL.
 */
public final class SinkNumber {
  private static final AtomicInteger LAST = new AtomicInteger();

  /** Begins anew, before a job is planned. */
  public static void restart() {
    LAST.set(0);
  }

  static int next() {
    return LAST.incrementAndGet();
  }

  private SinkNumber() {}
}
