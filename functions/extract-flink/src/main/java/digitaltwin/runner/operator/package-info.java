/** What the operators around a query have in common: ids that outlive the SQL, and counters that are published. */
package digitaltwin.runner.operator;
