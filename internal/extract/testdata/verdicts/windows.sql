-- Windows, aggregates and OVER. See ../../sqlcase/verdict.go for the form of this file.

-- head
CREATE TABLE t (id STRING, v DOUBLE, i INT, s STRING, a ARRAY<INT>, ts TIMESTAMP_LTZ(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true', 'json.timestamp-format.standard' = 'ISO-8601');
CREATE TABLE p (id STRING, v DOUBLE, i INT, s STRING, a ARRAY<INT>, ts TIMESTAMP_LTZ(3))
WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true', 'json.timestamp-format.standard' = 'ISO-8601');
CREATE VIEW w AS SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE));

-- needs Flink: WATERMARK is for windows
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM t;

-- needs Flink: TUMBLE cuts the stream into windows
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', window_end
FROM TABLE(TUMBLE(DATA => TABLE t, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '1' MINUTE));

-- needs Flink: HOP cuts the stream into windows
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(AVG(v)), 'x', window_end
FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '1' MINUTE)) GROUP BY id, window_start, window_end;

-- needs Flink: CUMULATE cuts the stream into windows
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(SUM(v)), 'x', window_end
FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '1' MINUTE)) GROUP BY id, window_start, window_end;

-- needs Flink: SESSION cuts the stream into windows
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(COUNT(*)), 'x', window_end
FROM TABLE(SESSION(TABLE t PARTITION BY id, DESCRIPTOR(ts), INTERVAL '30' SECOND)) GROUP BY id, window_start, window_end;

-- rejected: there is no table function TUMBEL
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM TABLE(TUMBEL(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE));

-- rejected: windows need a column that has a WATERMARK
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM TABLE(TUMBLE(TABLE p, DESCRIPTOR(ts), INTERVAL '1' MINUTE));

-- rejected: w has a column window_start already
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(MAX(v)), 'x', window_end
FROM TABLE(TUMBLE(TABLE w, DESCRIPTOR(window_time), INTERVAL '5' MINUTE)) GROUP BY id, window_start, window_end;

-- needs Flink: GROUP BY aggregates over many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(MAX(v)), 'x', window_end FROM w
GROUP BY id, window_start, window_end HAVING COUNT(DISTINCT v) > 0;

-- needs Flink: GROUP BY aggregates over many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(SUM(v) FILTER (WHERE v > 1)), 'x', e
FROM (SELECT id, v, window_start AS b, window_end AS e FROM w) GROUP BY id, b, e;

-- needs Flink: GROUP BY aggregates over many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(GROUPING(id)), 'x', window_end FROM w
GROUP BY GROUPING SETS ((id, window_start, window_end), (window_start, window_end));

-- needs Flink: GROUP BY aggregates over many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(MAX(v)), 'x', TUMBLE_END(ts, INTERVAL '1' MINUTE) FROM t
GROUP BY id, TUMBLE(ts, INTERVAL '1' MINUTE);

-- needs Flink: GROUP BY aggregates over many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(MIN(v)), 'x', HOP_START(ts, INTERVAL '30' SECOND, INTERVAL '1' MINUTE) FROM t
GROUP BY id, HOP(ts, INTERVAL '30' SECOND, INTERVAL '1' MINUTE);

-- needs Flink: GROUP BY aggregates over many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(COUNT(v)), 'x', SESSION_END(ts, INTERVAL '30' SECOND) FROM t
GROUP BY id, SESSION(ts, INTERVAL '30' SECOND);

-- rejected: GROUP BY without window_start and window_end changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(MAX(v)), 'x', MAX(ts) FROM t GROUP BY id;

-- rejected: GROUP BY without window_start and window_end changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(MAX(v)), 'x', window_time FROM w GROUP BY id, window_time;

-- rejected: GROUP BY without window_start and window_end changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(MAX(v)), 'x', window_end FROM w GROUP BY ROLLUP(id, window_start, window_end);

-- rejected: GROUP BY without window_start and window_end changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(MAX(v)), 'x', window_end FROM w
GROUP BY GROUPING SETS ((id, window_start, window_end), ());

-- rejected: windows need a column that has a WATERMARK
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(MAX(v)), 'x', TUMBLE_END(ts, INTERVAL '1' MINUTE) FROM p
GROUP BY id, TUMBLE(ts, INTERVAL '1' MINUTE);

-- rejected: MAX over all records changes rows that were already delivered
INSERT INTO digitaltwin SELECT 'a', 'm', JSON_STRING(MAX(v)), 'x', MAX(ts) FROM p;

-- rejected: Flink takes no WITHIN GROUP
INSERT INTO digitaltwin SELECT id, 'm', LISTAGG(s) WITHIN GROUP (ORDER BY s), 'x', window_end FROM w GROUP BY id, window_start, window_end;

-- needs Flink: DISTINCT remembers many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', window_end FROM (SELECT DISTINCT id, v, window_start, window_end FROM w);

-- rejected: SELECT DISTINCT without window_start and window_end changes rows that were already delivered
INSERT INTO digitaltwin SELECT DISTINCT id, 'm', JSON_STRING(v), 'x', ts FROM t;

-- needs Flink: OVER looks at many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(SUM(v) OVER (PARTITION BY id ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)), 'x', ts
FROM t;

-- needs Flink: OVER looks at many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(LAG(v) OVER z), 'x', ts FROM t WINDOW z AS (PARTITION BY id ORDER BY ts);

-- needs Flink: OVER looks at many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(n), 'x', ts FROM (SELECT id, ts, RANK() OVER (PARTITION BY id ORDER BY ts) AS n FROM t);

-- rejected: OVER without ORDER BY a column that has a WATERMARK changes rows
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(SUM(v) OVER (PARTITION BY id ORDER BY ts)), 'x', ts FROM p;

-- rejected: OVER without ORDER BY a column that has a WATERMARK changes rows
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(LAG(v) OVER (PARTITION BY id ORDER BY i)), 'x', ts FROM t;

-- rejected: Flink has LEAD for tables that end, not for streams
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(LEAD(v) OVER (PARTITION BY id ORDER BY ts)), 'x', ts FROM t;

-- rejected: Flink has NTILE for tables that end
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(NTILE(2) OVER (PARTITION BY id ORDER BY ts)), 'x', ts FROM t;

-- rejected: Flink has CUME_DIST for tables that end
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(CUME_DIST() OVER (PARTITION BY id ORDER BY ts)), 'x', ts FROM t;

-- rejected: Flink has PERCENT_RANK for tables that end
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(PERCENT_RANK() OVER (PARTITION BY id ORDER BY ts)), 'x', ts FROM t;

-- needs Flink: OVER looks at many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts) AS n FROM t) WHERE n = 1;

-- needs Flink: OVER looks at many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', window_end
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id, window_start, window_end ORDER BY v DESC) AS n FROM w) WHERE n <= 3;

-- needs Flink: OVER looks at many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts) = 1;

-- rejected: a rank changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC) AS n FROM t) WHERE n = 1;

-- rejected: a rank changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts) AS n FROM t) WHERE 2 >= n;

-- rejected: a rank changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts
FROM (SELECT *, RANK() OVER (PARTITION BY id ORDER BY ts) AS n FROM t) WHERE n = 1;

-- rejected: a rank changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC) = 1;

-- needs Flink: MATCH_RECOGNIZE finds patterns over many records
INSERT INTO digitaltwin SELECT T.id, 'm', JSON_STRING(T.v), 'x', T.mts FROM t MATCH_RECOGNIZE (
  PARTITION BY id ORDER BY ts MEASURES A.v AS v, A.ts AS mts ONE ROW PER MATCH PATTERN (A) DEFINE A AS A.v > 1) AS T;

-- needs Flink: ORDER BY waits for what comes out of order
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM t ORDER BY ts, v;

-- rejected: a stream has no end at which it could be sorted
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM t ORDER BY v;

-- rejected: a stream has no end at which it could be sorted
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM t ORDER BY ts DESC;

-- rejected: LIMIT of rows in an order changes rows that were already delivered
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM t ORDER BY ts LIMIT 1;

-- needs Flink: LIMIT counts over many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p LIMIT 1 OFFSET 1;

-- needs Flink: LIMIT counts over many records
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p OFFSET 1 ROWS FETCH NEXT 1 ROW ONLY;

-- rejected: Flink takes no OFFSET without LIMIT
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM p OFFSET 1;

-- needs Flink: CURRENT_WATERMARK is for windows
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(v), 'x', ts FROM t WHERE CURRENT_WATERMARK(ts) IS NULL OR ts > CURRENT_WATERMARK(ts);

-- rejected: CURRENT_WATERMARK takes a column that has a WATERMARK
INSERT INTO digitaltwin SELECT id, 'm', JSON_STRING(CURRENT_WATERMARK(ts)), 'x', ts FROM p;
