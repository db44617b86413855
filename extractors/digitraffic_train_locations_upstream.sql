-- Fintraffic, Finland: GPS positions of trains as the internal feed sends them, in Finnish.
--
-- source   the feed behind Digitraffic; a JSON array of locations is one record
-- licence  CC BY 4.0, Fintraffic / digitraffic.fi
-- key      train:<lahtopaiva>:<junanumero>, departure date and train number, as in digitraffic_train_locations
-- time     aikaleima, UTC, with or without milliseconds
SET 'twin.description' = 'Fintraffic: positions of trains in Finland, internal feed';
SET 'twin.interval'    = '10 s';

-- data templating: the shape of an element; a top-level array gives one row for each
CREATE TABLE digitraffic_train_locations_upstream (
  junanumero BIGINT,
  lahtopaiva STRING,
  aikaleima  TIMESTAMP_LTZ(3),
  sijainti   ROW<longitude DOUBLE, latitude DOUBLE>,    -- named so, but metres east and north (EPSG:3067)
  nopeus     DOUBLE,
  tarkkuus   DOUBLE,
  yhteys     STRING
) WITH (
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601',
  'json.ignore-parse-errors' = 'true'
);

-- data pumping: what is taken
CREATE VIEW locations AS
SELECT CONCAT('train:', t.lahtopaiva, ':', CAST(t.junanumero AS STRING)) AS component,
       t.aikaleima AS event_time,
       t.nopeus AS speed, t.tarkkuus AS accuracy, t.yhteys AS connection,
       t.sijainti.longitude AS east, t.sijainti.latitude AS north
FROM digitraffic_train_locations_upstream AS t;

-- data delivery: the normalised output
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT component, 'speed',          JSON_STRING(speed),    'km/h', event_time FROM locations
UNION ALL
SELECT component, 'accuracy',       JSON_STRING(accuracy), 'm',    event_time FROM locations
UNION ALL
SELECT component, 'position.east',  JSON_STRING(east),     'm',    event_time FROM locations
UNION ALL
SELECT component, 'position.north', JSON_STRING(north),    'm',    event_time FROM locations;

INSERT INTO digitaltwin (component, metric, `value`, event_time)
SELECT component, 'connection', JSON_STRING(connection), event_time FROM locations;
