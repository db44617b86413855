package digitaltwin.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An SQL file, cut into its statements. */
final class Script {
  private static final Pattern TABLE =
      Pattern.compile("(?is)^CREATE\\s+TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(`(?:[^`]|``)+`|[\\p{L}_$][\\p{L}\\p{Nd}_$]*)");
  private static final Pattern SET_BEGIN = Pattern.compile("(?is)^EXECUTE\\s+STATEMENT\\s+SET\\s+BEGIN\\b");
  private static final Pattern TWIN_SET = Pattern.compile("(?is)^SET\\s+'twin\\.");

  enum Kind { DEFINITION, TABLE, INSERT, PLATFORM }

  /** One statement; line is that of its first word, from 1; code is its text with blanks for comments. */
  record Statement(Kind kind, String text, String code, int line) {
    /** The table that a CREATE TABLE names, as it is written there. */
    String table() {
      Matcher m = TABLE.matcher(code);
      if (!m.find()) {
        throw new IllegalArgumentException("no table name in: " + code);
      }
      return m.group(1);
    }
  }

  static List<Statement> split(String sql) {
    List<Statement> out = new ArrayList<>();
    StringBuilder code = new StringBuilder(sql); // offsets stay those of sql
    int start = 0;
    for (int i = 0; i < sql.length(); ) {
      int end = token(sql, i);
      if (sql.charAt(i) == ';') {
        add(out, sql, code, start, i);
        start = end;
      } else if (sql.startsWith("--", i) || sql.startsWith("/*", i)) {
        for (int k = i; k < end; k++) {
          if (sql.charAt(k) != '\n') {
            code.setCharAt(k, ' ');
          }
        }
      }
      i = end;
    }
    add(out, sql, code, start, sql.length());
    return out;
  }

  /** Returns the end of the comment, the quoted text or the character at i. */
  private static int token(String s, int i) {
    if (s.startsWith("--", i)) {
      int n = s.indexOf('\n', i);
      return n < 0 ? s.length() : n;
    }
    if (s.startsWith("/*", i)) {
      int n = s.indexOf("*/", i + 2);
      return n < 0 ? s.length() : n + 2;
    }
    char q = s.charAt(i);
    if (q == '\'' || q == '`' || q == '"') { // a doubled quote ends one text and begins the next
      int n = s.indexOf(q, i + 1);
      return n < 0 ? s.length() : n + 1;
    }
    return i + 1;
  }

  private static void add(List<Statement> out, String sql, CharSequence code, int from, int to) {
    from = skipBlanks(code, from, to);
    Matcher begin = SET_BEGIN.matcher(code.subSequence(from, to));
    if (begin.find()) { // the first INSERT of the set has no ';' before it
      from = skipBlanks(code, from + begin.end(), to);
    }
    if (from == to) {
      return;
    }
    String c = code.subSequence(from, to).toString().stripTrailing();
    String head = c.toUpperCase(Locale.ROOT);
    Kind kind = Kind.DEFINITION;
    if (head.equals("END") || TWIN_SET.matcher(c).find()) {
      kind = Kind.PLATFORM;
    } else if (head.startsWith("INSERT")) {
      kind = Kind.INSERT;
    } else if (TABLE.matcher(c).find()) {
      kind = Kind.TABLE;
    }
    int line = 1 + (int) sql.substring(0, from).chars().filter(x -> x == '\n').count();
    out.add(new Statement(kind, sql.substring(from, to), c, line));
  }

  private static int skipBlanks(CharSequence code, int from, int to) {
    while (from < to && Character.isWhitespace(code.charAt(from))) {
      from++;
    }
    return from;
  }

  private Script() {}
}
