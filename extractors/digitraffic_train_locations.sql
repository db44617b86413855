-- Fintraffic, Finland: GPS positions of trains over MQTT, about every six seconds from each train.
--
-- source   rata-mqtt.digitraffic.fi, topic train-locations/<departure date>/<train number>; the payload is the record
-- licence  CC BY 4.0, Fintraffic / digitraffic.fi
-- key      train:<departureDate>:<trainNumber>; the number alone is not unique
-- time     timestamp, UTC, with or without milliseconds
SET 'twin.description' = 'Fintraffic: positions of trains in Finland';
SET 'twin.interval'    = '10 s';

-- data templating: the shape of a source record
CREATE TABLE digitraffic_train_locations (
  trainNumber   BIGINT,
  departureDate STRING,
  `timestamp`   TIMESTAMP_LTZ(3),
  location      ROW<coordinates ARRAY<DOUBLE>>,    -- a GeoJSON point: longitude, latitude
  speed         DOUBLE,
  accuracy      DOUBLE
) WITH (
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601',
  'json.ignore-parse-errors' = 'true'
);

-- data pumping: what is taken
CREATE VIEW locations AS
SELECT CONCAT('train:', t.departureDate, ':', CAST(t.trainNumber AS STRING)) AS component,
       t.`timestamp` AS event_time,
       t.speed AS speed, t.accuracy AS accuracy,
       t.location.coordinates[2] AS lat, t.location.coordinates[1] AS lon
FROM digitraffic_train_locations AS t;

-- data delivery: the normalised output
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT component, 'speed',    JSON_STRING(speed),    'km/h', event_time FROM locations
UNION ALL
SELECT component, 'accuracy', JSON_STRING(accuracy), 'm',    event_time FROM locations
UNION ALL
SELECT component, 'position', JSON_OBJECT('lat' VALUE lat, 'lon' VALUE lon), 'deg', event_time FROM locations
WHERE lat IS NOT NULL AND lon IS NOT NULL;
