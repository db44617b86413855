package digitaltwin.runner;

import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The property groups of an application: the dataset, and what binds its tables to streams. */
public final class Bindings {
  private static final String TWIN = "twin";
  private static final String DATASET = "dataset";
  private static final String PREFIX = "table.";

  private final Map<String, Properties> groups;
  private final TreeSet<String> unused = new TreeSet<>(); // names of tables

  public Bindings(Map<String, Properties> groups) {
    this.groups = groups;
    groups.keySet().stream().filter(g -> g.startsWith(PREFIX)).forEach(g -> unused.add(g.substring(PREFIX.length())));
  }

  /** Returns the name of the dataset. */
  String dataset() {
    Properties twin = groups.get(TWIN);
    if (twin == null || twin.getProperty(DATASET, "").isEmpty()) {
      throw new IllegalStateException("the property group twin says no dataset; there are the groups "
          + new TreeSet<>(groups.keySet()));
    }
    return twin.getProperty(DATASET);
  }

  boolean has(String table) {
    return groups.containsKey(PREFIX + table);
  }

  /** Returns the groups that there are for tables, for a message. */
  String known() {
    return groups.keySet().stream().filter(g -> g.startsWith(PREFIX)).sorted().collect(Collectors.joining(", "));
  }

  /** Returns the statement that binds a table, which is written as quoted in SQL, with more options of the runner's. */
  String alter(String table, String quoted, Map<String, String> more) {
    unused.remove(table);
    Map<String, String> options = new TreeMap<>();
    Properties p = groups.get(PREFIX + table);
    p.stringPropertyNames().forEach(k -> options.put(k, p.getProperty(k)));
    options.putAll(more);
    return "ALTER TABLE " + quoted + " SET ("
        + options.entrySet().stream().map(e -> text(e.getKey()) + " = " + text(e.getValue()))
        .collect(Collectors.joining(", ")) + ")";
  }

  /** Fails where a group is for a table that no statement declared. */
  void complete(String file) {
    if (!unused.isEmpty()) {
      throw new IllegalStateException(file + " declares no table " + String.join(", ", unused)
          + ", for which there is a property group; take the group away or declare the table");
    }
  }

  static String text(String s) {
    return "'" + s.replace("'", "''") + "'";
  }
}
