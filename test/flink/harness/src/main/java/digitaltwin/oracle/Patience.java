package digitaltwin.oracle;

import java.lang.management.ManagementFactory;

/**
 * Ends the wait for a job that stands still. It is measured in CPU time of this JVM since the last progress, so that
 * a machine that is busy with other things only makes everything slower. A JVM that waits for itself uses no CPU time:
 * for that there is a limit by the clock, which no job reaches that gets any CPU time at all.
 */
final class Patience {
  /** The limits were exceeded. This says nothing about what the job would have given. */
  static final class Exceeded extends Exception {
    Exceeded(String message) {
      super(message);
    }
  }

  private static final com.sun.management.OperatingSystemMXBean SYSTEM =
      (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final long CLOCK_NANOS = 15 * 60 * 1_000_000_000L;

  private final long cpuNanos;
  private String waitingFor;
  private long cpu; // of this JVM at the last progress
  private long clock; // at the last progress
  private Exceeded exceeded;

  Patience(long cpuMillis) {
    cpuNanos = cpuMillis * 1_000_000;
    progress("the plan of the job");
  }

  /** Notes progress; what is waited for from now on ends the message of {@link Exceeded}. */
  synchronized void progress(String nowWaitingFor) {
    waitingFor = nowWaitingFor;
    cpu = SYSTEM.getProcessCpuTime();
    clock = System.nanoTime();
  }

  /** Throws once there was no progress for too long, and ever after. */
  synchronized void check() throws Exceeded {
    long usedCpu = SYSTEM.getProcessCpuTime() - cpu;
    long usedClock = System.nanoTime() - clock;
    if (exceeded == null && (usedCpu >= cpuNanos || usedClock >= CLOCK_NANOS)) {
      exceeded = new Exceeded(String.format(
          "after %.1f s of CPU time and %.1f s by the clock without progress, waiting for %s",
          usedCpu / 1e9, usedClock / 1e9, waitingFor));
    }
    if (exceeded != null) {
      throw exceeded;
    }
  }
}
