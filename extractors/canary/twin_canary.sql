-- The canary: what "twin smoke" sends through the twin, and waits for.
--
-- source   twin smoke, one record in each run
-- licence  ours
-- key      canary:<probe>
-- time     sentAt, UTC
SET 'twin.description' = 'Records by which twin smoke sees that readings arrive';

-- data templating: the shape of a source record
CREATE TABLE twin_canary (
  probe  STRING,
  nonce  STRING,
  sentAt TIMESTAMP_LTZ(3)
) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');

-- data delivery: the normalised output
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT CONCAT('canary:', probe), 'nonce', JSON_STRING(nonce), CAST(NULL AS STRING), sentAt FROM twin_canary;
