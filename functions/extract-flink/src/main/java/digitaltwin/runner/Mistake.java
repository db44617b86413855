package digitaltwin.runner;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with an extractor, with file:line:column in front. */
public final class Mistake extends RuntimeException {
  private static final Pattern POSITION = Pattern.compile("(?:at|From) line (\\d+), column (\\d+)");
  private static final Pattern NOISE =
      Pattern.compile("SQL validation failed\\. |(?:At|From) line \\d+, column \\d+(?: to line \\d+, column \\d+)?: ");
  private static final int DEPTH = 20;
  private static final int LENGTH = 2000;

  Mistake(String file, Statement at, String message) {
    super(file + ":" + at.line() + ":" + at.column() + ": " + message);
  }

  /** Takes what Flink says of a statement. Its positions count from the statement's first word. */
  Mistake(String file, Statement at, Throwable cause) {
    super(place(file, at, cause) + ": " + text(cause), cause);
  }

  private static String place(String file, Statement at, Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      Matcher m = POSITION.matcher(String.valueOf(t.getMessage()));
      if (m.find()) {
        int line = Integer.parseInt(m.group(1));
        int column = Integer.parseInt(m.group(2));
        return file + ":" + (at.line() + line - 1) + ":" + (line == 1 ? at.column() + column - 1 : column);
      }
    }
    return file + ":" + at.line() + ":" + at.column();
  }

  /** Returns the messages of t and its causes, outermost first, without repetitions and without what the place says. */
  static String text(Throwable t) {
    List<String> parts = new ArrayList<>();
    for (int depth = 0; t != null && depth < DEPTH; t = t.getCause(), depth++) {
      String m = t.getMessage();
      if (m == null || (t.getCause() != null && m.startsWith(t.getCause().getClass().getName()))) {
        m = t.getClass().getSimpleName();
      }
      m = m.replaceFirst("(?s)\\s*Was expecting one of:.*", ""); // fifty lines of tokens
      m = NOISE.matcher(m).replaceAll("");
      String part = m.length() > LENGTH ? m.substring(0, LENGTH) + " ..." : m;
      if (parts.stream().noneMatch(p -> p.contains(part))) {
        parts.add(part);
      }
    }
    return String.join(" <- ", parts);
  }
}
