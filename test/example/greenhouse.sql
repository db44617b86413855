-- Climate of the greenhouses.
--
-- source   the climate controllers, one record a minute from each house
-- licence  ours
-- key      greenhouse:<house>
-- time     sentAt, UTC
SET 'twin.description' = 'Climate of the greenhouses';
SET 'twin.interval'    = '1 min';

-- data templating: the shape of a source record; what is not declared is not read
CREATE TABLE greenhouse (
  house   STRING,
  climate ROW<temp DOUBLE, humidity INT>,
  vents   ARRAY<ROW<n INT, opened BOOLEAN>>,
  sentAt  TIMESTAMP_LTZ(3)
) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');

-- data pumping: what is taken
CREATE VIEW samples AS
SELECT CONCAT('greenhouse:', g.house) AS component, g.sentAt AS event_time,
       g.climate.temp AS temperature, g.climate.humidity AS humidity, g.vents AS vents
FROM greenhouse AS g;

-- data delivery: the normalised output
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT component, 'temperature', JSON_STRING(temperature), 'Cel', event_time FROM samples
UNION ALL
SELECT component, 'humidity',    JSON_STRING(humidity),    '%',   event_time FROM samples
UNION ALL
SELECT component, CONCAT('vent.', CAST(v.n AS STRING), '.open'), JSON_STRING(v.opened), CAST(NULL AS STRING), event_time
FROM samples CROSS JOIN UNNEST(vents) AS v (n, opened);
