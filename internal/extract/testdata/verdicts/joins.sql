-- Joins, subqueries and other sources. See ../../sqlcase/verdict.go for the form of this file.

-- head
CREATE TABLE t (id STRING, v DOUBLE, i INT, s STRING, a ARRAY<INT>, ts TIMESTAMP_LTZ(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true', 'json.timestamp-format.standard' = 'ISO-8601');
CREATE TABLE p (id STRING, v DOUBLE, i INT, s STRING, a ARRAY<INT>, ts TIMESTAMP_LTZ(3))
WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true', 'json.timestamp-format.standard' = 'ISO-8601');
CREATE VIEW w AS SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE));

-- needs Flink: JOIN brings several tables together
INSERT INTO digitaltwin SELECT x.id, 'm', JSON_STRING(p.v), 'x', p.ts FROM p AS x JOIN p ON x.id = p.id;

-- needs Flink: JOIN brings several tables together
INSERT INTO digitaltwin SELECT x.id, 'm', JSON_STRING(p.v), 'x', p.ts FROM p AS x JOIN p USING (id);

-- needs Flink: a second table in FROM brings several tables together
INSERT INTO digitaltwin SELECT x.id, 'm', JSON_STRING(p.v), 'x', p.ts FROM p AS x, p WHERE x.id = p.id;

-- needs Flink: CROSS JOIN brings several tables together
INSERT INTO digitaltwin SELECT x.id, 'm', JSON_STRING(p.v), 'x', p.ts FROM p AS x CROSS JOIN p;

-- needs Flink: JOIN brings several tables together
INSERT INTO digitaltwin SELECT p.id, 'm', JSON_STRING(v), 'x', ts FROM p NATURAL JOIN (SELECT id FROM t) AS q;

-- needs Flink: LEFT JOIN brings several tables together
INSERT INTO digitaltwin SELECT x.id, 'm', JSON_STRING(y.v), 'x', x.ts
FROM t AS x LEFT JOIN t AS y ON x.id = y.id AND x.ts BETWEEN y.ts - INTERVAL '1' HOUR AND y.ts;

-- needs Flink: FULL JOIN brings several tables together
INSERT INTO digitaltwin SELECT x.id, 'm', JSON_STRING(y.v), 'x', x.ts
FROM t AS x FULL JOIN t AS y ON x.id = y.id AND y.ts <= x.ts AND x.ts - INTERVAL '1' HOUR < y.ts;

-- needs Flink: LEFT JOIN brings several tables together
INSERT INTO digitaltwin SELECT x.id, 'm', JSON_STRING(y.v), 'x', x.window_end
FROM w AS x LEFT JOIN w AS y ON x.id = y.id AND x.window_start = y.window_start AND x.window_end = y.window_end;

-- rejected: LEFT JOIN, whose rows wait for no partner, changes rows that were already delivered
INSERT INTO digitaltwin SELECT x.id, 'm', JSON_STRING(p.v), 'x', p.ts FROM p AS x LEFT JOIN p ON x.id = p.id;

-- rejected: LEFT JOIN, whose rows wait for no partner, changes rows that were already delivered
INSERT INTO digitaltwin SELECT x.id, 'm', JSON_STRING(y.v), 'x', x.ts FROM t AS x LEFT JOIN t AS y ON x.id = y.id AND x.ts > y.ts;

-- rejected: RIGHT JOIN, whose rows wait for no partner, changes rows that were already delivered
INSERT INTO digitaltwin SELECT x.id, 'm', JSON_STRING(p.v), 'x', p.ts FROM p AS x RIGHT JOIN p ON x.id = p.id;

-- rejected: FULL JOIN, whose rows wait for no partner, changes rows that were already delivered
INSERT INTO digitaltwin SELECT x.id, 'm', JSON_STRING(p.v), 'x', p.ts FROM p AS x FULL JOIN p ON x.id = p.id;

-- rejected: FOR SYSTEM_TIME needs a table with a history and a key
INSERT INTO digitaltwin SELECT x.id, 'm', JSON_STRING(y.v), 'x', x.ts FROM t AS x JOIN t FOR SYSTEM_TIME AS OF x.ts AS y ON x.id = y.id;

-- rejected: FOR SYSTEM_TIME needs a table with a history and a key
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p FOR SYSTEM_TIME AS OF TIMESTAMP '2026-11-23 10:15:30';

-- rejected: Flink finds no plan for TABLESAMPLE
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p TABLESAMPLE BERNOULLI (10);

-- needs Flink: a subquery brings several tables together
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p WHERE v > 1 AND id IN (SELECT id FROM t);

-- needs Flink: a subquery brings several tables together
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p WHERE EXISTS (SELECT 1 FROM t WHERE t.id = p.id);

-- needs Flink: a subquery brings several tables together
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p WHERE v = SOME (SELECT v FROM t);

-- rejected: EXISTS of what does not depend on the row changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p WHERE EXISTS (SELECT 1 FROM t);

-- rejected: a subquery here changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p WHERE id NOT IN (SELECT id FROM t);

-- rejected: a subquery here changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p WHERE NOT EXISTS (SELECT 1 FROM t WHERE t.id = p.id);

-- rejected: a subquery here changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p WHERE v > 1 OR id IN (SELECT id FROM t);

-- rejected: a subquery here changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', (SELECT MAX(s) FROM t), 'x', ts FROM p;

-- rejected: a subquery here changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p WHERE v > ALL (SELECT v FROM t);

-- rejected: UNION without ALL changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM t UNION SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p;

-- rejected: INTERSECT changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM t INTERSECT SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p;

-- rejected: EXCEPT changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM t EXCEPT SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p;

-- needs Flink: VALUES is a source of its own
INSERT INTO digitaltwin VALUES ('a', 'm', '1', 'x', TIMESTAMP '2026-11-23 10:15:30');

-- needs Flink: VALUES is a source of its own
INSERT INTO digitaltwin SELECT id, k, JSON_STRING(v), 'x', ts FROM p CROSS JOIN (VALUES ('m'), ('n')) AS q (k);

-- needs Flink: LATERAL runs a query for every row
INSERT INTO digitaltwin SELECT p.id, 'm', JSON_STRING(q.v), 'x', p.ts FROM p, LATERAL (SELECT v FROM t WHERE t.id = p.id) AS q;

-- rejected: LEFT JOIN, whose rows wait for no partner, changes rows that were already delivered
INSERT INTO digitaltwin SELECT p.id, 'm', JSON_STRING(q.v), 'x', p.ts
FROM p LEFT JOIN LATERAL (SELECT v FROM t WHERE t.id = p.id) AS q ON TRUE;

-- rejected: Flink cannot make rows of the columns of a record with LATERAL (VALUES ..)
INSERT INTO digitaltwin SELECT id, k, JSON_STRING(v), 'x', ts FROM p CROSS JOIN LATERAL (VALUES (p.s), ('n')) AS q (k);

-- rejected: there is no table function EXPLODE
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(k), 'x', ts FROM p CROSS JOIN LATERAL TABLE(EXPLODE(a)) AS q (k);
