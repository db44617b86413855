package digitaltwin.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.types.Row;

/**
 * Evaluates many expressions over the records of one table, all in one job: a job for each would take
 * thirty times as long. Where a record makes the query throw, the expressions are halved until those
 * that throw are alone.
 */
final class Expressions {
  /** An expression that threw, in the place of its value. */
  record Thrown(String message) {}

  private final Session.Factory sessions;
  private final String from;
  private final List<String> expressions;
  private final List<byte[]> records;

  final String[] types;
  final String[] refused; // by expression: null, or why Flink does not plan it
  final List<List<Object[]>> rows = new ArrayList<>(); // by record

  Expressions(Session.Factory sessions, String from, List<String> expressions, List<byte[]> records) {
    this.sessions = sessions;
    this.from = from;
    this.expressions = expressions;
    this.records = records;
    types = new String[expressions.size()];
    refused = new String[expressions.size()];
    records.forEach(r -> rows.add(new ArrayList<>()));
  }

  void evaluate() throws Exception {
    List<String> alone = expressions.stream().map(e -> "SELECT " + e + " FROM " + from).toList();
    List<String> errors = sessions.open(List.of()).session().errorsOf(alone);
    List<Integer> valid = new ArrayList<>();
    for (int i = 0; i < expressions.size(); i++) {
      refused[i] = errors.get(i);
      if (refused[i] == null) {
        valid.add(i);
      }
    }
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      all.add(i);
    }
    if (!valid.isEmpty()) {
      evaluate(valid, all);
    }
  }

  private void evaluate(List<Integer> columns, List<Integer> which) throws Exception {
    Session.Bound bound = sessions.open(which.stream().map(records::get).toList());
    try {
      StringBuilder select = new StringBuilder("SELECT ");
      for (int c : columns) {
        select.append(c == columns.get(0) ? "" : ", ").append(expressions.get(c)).append(" AS c").append(c);
      }
      try {
        List<Column> schema = bound.session().collect(bound.session().query(select + " FROM " + from));
        for (int i = 0; i < columns.size(); i++) {
          types[columns.get(i)] = schema.get(i).getDataType().toString();
        }
        String failure = bound.session().execute();
        if (failure != null) {
          throw new IllegalStateException(failure);
        }
      } catch (RuntimeException x) { // some errors appear only when the job is made, or its code compiled
        if (columns.size() == 1) {
          refused[columns.get(0)] = Errors.text(x);
          return;
        }
        halves(columns, which);
        return;
      }
      TreeSet<Integer> thrown = new TreeSet<>();
      for (Run.Fault f : bound.run().faults) {
        if (f.kind().equals("query")) {
          thrown.add(which.get(f.record()));
          if (columns.size() == 1) {
            put(which.get(f.record()), bound.run().rows.get(f.record()).size(), columns.get(0),
                new Thrown(f.message()));
          }
        }
      }
      for (int i = 0; i < which.size(); i++) {
        if (columns.size() == 1 || !thrown.contains(which.get(i))) {
          store(which.get(i), columns, bound.run().rows.get(i));
        }
      }
      if (columns.size() > 1 && !thrown.isEmpty()) {
        halves(columns, new ArrayList<>(thrown));
      }
    } finally {
      bound.run().forget();
    }
  }

  private void halves(List<Integer> columns, List<Integer> which) throws Exception {
    int half = columns.size() / 2;
    evaluate(columns.subList(0, half), which);
    evaluate(columns.subList(half, columns.size()), which);
  }

  private void store(int record, List<Integer> columns, List<Row> from) {
    for (int r = 0; r < from.size(); r++) {
      for (int i = 0; i < columns.size(); i++) {
        put(record, r, columns.get(i), from.get(r).getField(i));
      }
    }
  }

  private void put(int record, int row, int column, Object value) {
    List<Object[]> list = rows.get(record);
    while (list.size() <= row) {
      list.add(new Object[expressions.size()]);
    }
    list.get(row)[column] = value;
  }
}
