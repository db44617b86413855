package digitaltwin.oracle;

import java.util.ArrayList;
import java.util.List;

/** Turns exceptions into one readable text. */
final class Errors {
  /** Returns the messages of t and its causes, outermost first, without repetitions. */
  static String text(Throwable t) {
    List<String> parts = new ArrayList<>();
    for (int depth = 0; t != null && depth < 20; t = t.getCause(), depth++) {
      String m = t.getMessage();
      if (m == null || (t.getCause() != null && m.startsWith(t.getCause().getClass().getName()))) {
        m = t.getClass().getSimpleName();
      }
      m = m.replaceFirst("(?s)\\s*Was expecting one of:.*", ""); // fifty lines of tokens
      String part = m.length() > 2000 ? m.substring(0, 2000) + " ..." : m;
      if (parts.stream().noneMatch(p -> p.contains(part))) {
        parts.add(part);
      }
    }
    return String.join(" <- ", parts);
  }

  private Errors() {}
}
