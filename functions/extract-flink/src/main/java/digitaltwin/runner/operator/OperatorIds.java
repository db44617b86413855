package digitaltwin.runner.operator;

import java.util.HashMap;
import java.util.Map;

/**
 * Numbers the operators of a kind in the order in which a job is planned. Those that have a state, sources
 * and sinks, are named by that and not by the nodes of the plan, so that where a source stands and what a
 * sink still holds survive a change of the SQL.
 */
public final class OperatorIds {
  private static final Map<String, Integer> LAST = new HashMap<>();

  /** Begins anew, before a job is planned. */
  public static synchronized void restart() {
    LAST.clear();
  }

  /** Returns the number of the next operator of a kind, from 1. */
  public static synchronized int next(String kind) {
    return LAST.merge(kind, 1, Integer::sum);
  }

  private OperatorIds() {}
}
