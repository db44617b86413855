package digitaltwin.runner;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One statement of an extractor.
 *
 * @param text as it is written, from its first word on
 * @param code the text with blanks for comments
 * @param line of the first word in the file, from 1
 * @param column of the first word, from 1
 */
record Statement(Kind kind, String text, String code, int line, int column) {
  /** What a statement is. OTHER has no place in an extractor. */
  enum Kind { SET, TABLE, VIEW, INSERT, END, OTHER }

  private static final String NAME = "(`(?:[^`]|``)+`|[\\p{L}_$][\\p{L}\\p{Nd}_$]*)";
  private static final Pattern SET = Pattern.compile("(?is)^SET\\s+'(twin\\.(?:[^']|'')*)'\\s*=\\s*'((?:[^']|'')*)'$");
  private static final Pattern TABLE = Pattern.compile("(?is)^CREATE\\s+TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?" + NAME);
  private static final Pattern VIEW = Pattern.compile("(?is)^CREATE\\s+(?:TEMPORARY\\s+)?VIEW\\b.*");
  private static final Pattern INSERT = Pattern.compile("(?is)^INSERT\\s+INTO\\s+`?digitaltwin`?(?![\\w$.]).*");

  static Statement of(String text, String code, int line, int column) {
    Kind kind = Kind.OTHER;
    if (code.equalsIgnoreCase("END")) {
      kind = Kind.END;
    } else if (SET.matcher(code).matches()) {
      kind = Kind.SET;
    } else if (INSERT.matcher(code).matches()) {
      kind = Kind.INSERT;
    } else if (VIEW.matcher(code).matches()) {
      kind = Kind.VIEW;
    } else if (TABLE.matcher(code).find()) {
      kind = Kind.TABLE;
    }
    return new Statement(kind, text, code, line, column);
  }

  /** The table that a CREATE TABLE declares, as it is written there. */
  String table() {
    return find(TABLE, 1);
  }

  /** The name of that table, without its quotes. */
  String tableName() {
    String t = table();
    return t.startsWith("`") ? t.substring(1, t.length() - 1).replace("``", "`") : t;
  }

  /** The key that a SET sets. */
  String key() {
    return find(SET, 1).replace("''", "'");
  }

  /** The value that a SET sets. */
  String value() {
    return find(SET, 2).replace("''", "'");
  }

  private String find(Pattern p, int group) {
    Matcher m = p.matcher(code);
    if (!m.find()) {
      throw new IllegalStateException("no " + kind + ": " + code);
    }
    return m.group(group);
  }
}
