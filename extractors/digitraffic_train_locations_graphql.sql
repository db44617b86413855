-- Fintraffic, Finland: GPS positions of all running trains, as the GraphQL interface answers.
--
-- source   rata.digitraffic.fi, query currentlyRunningTrains with trainLocations; the whole answer is one record
-- licence  CC BY 4.0, Fintraffic / digitraffic.fi
-- key      train:<departureDate>:<trainNumber>, as in digitraffic_train_locations
-- time     timestamp of the location, UTC, with or without milliseconds
SET 'twin.description' = 'Fintraffic: positions of trains in Finland, by GraphQL';
SET 'twin.interval'    = '10 s';

-- data templating: the shape of a source record
CREATE TABLE digitraffic_train_locations_graphql (
  data ROW<currentlyRunningTrains ARRAY<ROW<
    trainNumber BIGINT, departureDate STRING,
    trainLocations ARRAY<ROW<`timestamp` TIMESTAMP_LTZ(3), location ARRAY<DOUBLE>, speed DOUBLE>>>>>
) WITH (
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601',
  'json.ignore-parse-errors' = 'true'
);

-- data pumping: one row for each location; the location is an array of longitude and latitude.
-- A train without GPS has no trainLocations, and CROSS JOIN leaves it out.
CREATE VIEW locations AS
SELECT CONCAT('train:', r.departureDate, ':', CAST(r.trainNumber AS STRING)) AS component,
       l.`timestamp` AS event_time,
       l.speed AS speed,
       l.location[2] AS lat, l.location[1] AS lon
FROM digitraffic_train_locations_graphql AS t
CROSS JOIN UNNEST(t.data.currentlyRunningTrains) AS r
CROSS JOIN UNNEST(r.trainLocations) AS l;

-- data delivery: the normalised output
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT component, 'speed', JSON_STRING(speed), 'km/h', event_time FROM locations
UNION ALL
SELECT component, 'position', JSON_OBJECT('lat' VALUE lat, 'lon' VALUE lon), 'deg', event_time FROM locations
WHERE lat IS NOT NULL AND lon IS NOT NULL;
