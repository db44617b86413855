package digitaltwin.oracle;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.table.functions.BuiltInFunctionDefinition;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.apache.flink.table.functions.FunctionKind;
import org.apache.flink.table.types.inference.ArgumentCount;

/**
 * The functions that Flink's SQL has: the operators of its planner that are written as functions, and the built-in
 * definitions that the planner takes over by name.
 */
final class Functions {
  /** How many arguments a function takes; most is -1 where there is no limit. */
  private record Arity(int least, int most) {
    Arity or(Arity other) {
      boolean open = most < 0 || other.most < 0;
      return new Arity(Math.min(least, other.least), open ? -1 : Math.max(most, other.most));
    }
  }

  static void list(ArrayNode out) throws ReflectiveOperationException {
    Map<String, Arity> all = new TreeMap<>();
    operators(all);
    for (BuiltInFunctionDefinition d : BuiltInFunctionDefinitions.getDefinitions()) {
      boolean callable = d.getKind() == FunctionKind.SCALAR || d.getKind() == FunctionKind.AGGREGATE;
      if (callable && !d.isInternal() && d.getName().matches("[A-Z][A-Z0-9_]*")
          && d.getSqlName().matches("[A-Z][A-Z0-9_]*")) {
        ArgumentCount n = d.getTypeInference(null).getInputTypeStrategy().getArgumentCount();
        all.merge(d.getSqlName(), new Arity(n.getMinCount().orElse(0), n.getMaxCount().orElse(-1)), Arity::or);
      }
    }
    all.forEach((name, n) -> out.addObject().put("name", name).put("least", n.least).put("most", n.most));
  }

  /** The planner has a class loader of its own. */
  private static void operators(Map<String, Arity> all) throws ReflectiveOperationException {
    Class<?> module = Class.forName("org.apache.flink.table.planner.loader.PlannerModule");
    Method instance = module.getDeclaredMethod("getInstance");
    instance.setAccessible(true);
    Method loaderOf = module.getMethod("getSubmoduleClassLoader");
    loaderOf.setAccessible(true);
    ClassLoader loader = (ClassLoader) loaderOf.invoke(instance.invoke(null));
    Object table = loader.loadClass("org.apache.flink.table.planner.functions.sql.FlinkSqlOperatorTable")
        .getMethod("instance", boolean.class).invoke(null, false);
    Class<?> operator = loader.loadClass("org.apache.calcite.sql.SqlOperator");
    Class<?> range = loader.loadClass("org.apache.calcite.sql.SqlOperandCountRange");
    for (Object o : (List<?>) table.getClass().getMethod("getOperatorList").invoke(table)) {
      String name = (String) operator.getMethod("getName").invoke(o);
      String syntax = operator.getMethod("getSyntax").invoke(o).toString();
      if (!syntax.startsWith("FUNCTION") || !name.matches("[A-Z][A-Z0-9_]*")) {
        continue;
      }
      Arity n = new Arity(0, -1);
      try {
        Object r = operator.getMethod("getOperandCountRange").invoke(o);
        n = new Arity((int) range.getMethod("getMin").invoke(r), (int) range.getMethod("getMax").invoke(r));
      } catch (InvocationTargetException x) {
        // it does not say so
      }
      all.merge(name, n, Arity::or);
    }
  }

  private Functions() {}
}
