package digitaltwin.runner;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts an SQL file into statements at the semicolons that lie outside of quotes and comments. */
final class Script {
  private static final Pattern SET_BEGIN = Pattern.compile("(?is)^EXECUTE\\s+STATEMENT\\s+SET\\s+BEGIN\\b");

  private final String sql;
  private final StringBuilder code; // sql with blanks for comments: offsets stay
  private final List<Statement> statements = new ArrayList<>();

  static List<Statement> split(String sql) {
    Script s = new Script(sql);
    s.run();
    return s.statements;
  }

  private Script(String sql) {
    this.sql = sql;
    code = new StringBuilder(sql);
  }

  private void run() {
    int start = 0;
    for (int i = 0; i < sql.length(); ) {
      int end = token(i);
      if (sql.charAt(i) == ';') {
        add(start, i);
        start = end;
      } else if (sql.startsWith("--", i) || sql.startsWith("/*", i)) {
        blank(i, end);
      }
      i = end;
    }
    add(start, sql.length());
  }

  /** Returns the end of the comment, the quoted text or the character at i. */
  private int token(int i) {
    if (sql.startsWith("--", i)) {
      int n = sql.indexOf('\n', i);
      return n < 0 ? sql.length() : n;
    }
    if (sql.startsWith("/*", i)) {
      int n = sql.indexOf("*/", i + 2);
      return n < 0 ? sql.length() : n + 2;
    }
    char q = sql.charAt(i);
    if (q == '\'' || q == '`') { // a doubled quote ends one text and begins the next
      int n = sql.indexOf(q, i + 1);
      return n < 0 ? sql.length() : n + 1;
    }
    return i + 1;
  }

  private void blank(int from, int to) {
    for (int i = from; i < to; i++) {
      if (code.charAt(i) != '\n') {
        code.setCharAt(i, ' ');
      }
    }
  }

  private void add(int from, int to) {
    from = skipBlanks(from, to);
    Matcher begin = SET_BEGIN.matcher(code.subSequence(from, to));
    if (begin.find()) { // the first INSERT of a set has no ';' before it
      from = skipBlanks(from + begin.end(), to);
    }
    if (from == to) {
      return;
    }
    String before = sql.substring(0, from);
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    int column = before.codePointCount(before.lastIndexOf('\n') + 1, from) + 1;
    statements.add(Statement.of(sql.substring(from, to), code.substring(from, to).strip(), line, column));
  }

  private int skipBlanks(int from, int to) {
    while (from < to && Character.isWhitespace(code.charAt(from))) {
      from++;
    }
    return from;
  }
}
