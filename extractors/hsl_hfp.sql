-- HSL, Helsinki: high-frequency positions of buses, trams and trains, one record a second from each vehicle.
--
-- source   mqtt.hsl.fi, topic /hfp/v1/..., wrapped as {"received_at", "mqtt_topic", "payload"}
-- licence  CC BY 4.0, HSL
-- key      vehicle:<operator>:<vehicle>, both from the topic; the operator of a trip (VP.oper) may be another
-- time     payload.VP.tst, UTC
SET 'twin.description'                 = 'HSL Helsinki: buses, trams and trains, live';
SET 'twin.interval'                    = '1 s';
SET 'twin.interval.upcoming.line'      = 'none';    -- sent only before a journey begins
SET 'twin.interval.upcoming.direction' = 'none';
SET 'twin.interval.upcoming.start'     = 'none';
SET 'twin.interval.upcoming.headsign'  = 'none';

-- data templating: the shape of a source record
CREATE TABLE hsl_hfp (
  mqtt_topic STRING,
  payload    ROW<VP ROW<
    tst TIMESTAMP_LTZ(3), desi STRING, dir STRING, oper INT, oday STRING, `start` STRING,
    spd DOUBLE, hdg INT, lat DOUBLE, long DOUBLE, acc DOUBLE, dl INT, odo INT, drst INT>>
) WITH (
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601',
  'json.ignore-parse-errors' = 'true'
);

-- data pumping: what is taken. The topic is /hfp/v1/<journey type>/<status>/<mode>/<operator>/<vehicle>/<route>/<direction>/
-- <headsign>/<start>/<next stop>/...; part 0 lies before the first '/', and a deadrun may end after the vehicle
CREATE VIEW messages AS
SELECT CONCAT('vehicle:', CAST(TRY_CAST(SPLIT_INDEX(mqtt_topic, '/', 6) AS INT) AS STRING),
              ':', CAST(TRY_CAST(SPLIT_INDEX(mqtt_topic, '/', 7) AS INT) AS STRING)) AS component,
       t.payload.VP.tst AS event_time,
       SPLIT_INDEX(mqtt_topic, '/', 4) AS status,
       NULLIF(SPLIT_INDEX(mqtt_topic, '/', 3), '') AS journey_type,
       NULLIF(SPLIT_INDEX(mqtt_topic, '/', 5), '') AS mode,
       NULLIF(SPLIT_INDEX(mqtt_topic, '/', 8), '') AS route,
       NULLIF(SPLIT_INDEX(mqtt_topic, '/', 10), '') AS headsign,
       NULLIF(SPLIT_INDEX(mqtt_topic, '/', 12), '') AS next_stop,
       NULLIF(t.payload.VP.desi, '') AS line,
       NULLIF(t.payload.VP.dir, '') AS direction,
       NULLIF(t.payload.VP.`start`, '') AS departure,
       NULLIF(t.payload.VP.oday, '') AS operating_day,
       CAST(t.payload.VP.oper AS STRING) AS operator,
       t.payload.VP.spd AS speed, t.payload.VP.hdg AS heading, t.payload.VP.acc AS acceleration,
       t.payload.VP.lat AS lat, t.payload.VP.long AS lon,
       t.payload.VP.dl AS deviation, t.payload.VP.odo AS odometer, t.payload.VP.drst AS door
FROM hsl_hfp AS t;

-- data delivery: what every message says about the vehicle
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT component, 'speed',        JSON_STRING(speed),        'm/s',  event_time FROM messages
UNION ALL
SELECT component, 'heading',      JSON_STRING(heading),      'deg',  event_time FROM messages
UNION ALL
SELECT component, 'acceleration', JSON_STRING(acceleration), 'm/s2', event_time FROM messages
UNION ALL
SELECT component, 'deviation',    JSON_STRING(deviation),    's',    event_time FROM messages
UNION ALL
SELECT component, 'odometer',     JSON_STRING(odometer),     'm',    event_time FROM messages
UNION ALL
SELECT component, 'position', JSON_OBJECT('lat' VALUE lat, 'lon' VALUE lon), 'deg', event_time FROM messages
WHERE lat IS NOT NULL AND lon IS NOT NULL;

-- An ongoing and an upcoming message of a vehicle may have the same time, so each delivers metrics of its own.
INSERT INTO digitaltwin (component, metric, `value`, event_time)
SELECT component, 'door.open',          JSON_STRING(door = 1),      event_time FROM messages
UNION ALL
SELECT component, 'mode',               JSON_STRING(mode),          event_time FROM messages
UNION ALL
SELECT component, 'journey.type',       JSON_STRING(journey_type),  event_time FROM messages WHERE status = 'ongoing'
UNION ALL
SELECT component, 'operator',           JSON_STRING(operator),      event_time FROM messages WHERE status = 'ongoing'
UNION ALL
SELECT component, 'line',               JSON_STRING(line),          event_time FROM messages WHERE status = 'ongoing'
UNION ALL
SELECT component, 'direction',          JSON_STRING(direction),     event_time FROM messages WHERE status = 'ongoing'
UNION ALL
SELECT component, 'start',              JSON_STRING(departure),     event_time FROM messages WHERE status = 'ongoing'
UNION ALL
SELECT component, 'operating.day',      JSON_STRING(operating_day), event_time FROM messages WHERE status = 'ongoing'
UNION ALL
SELECT component, 'route',              JSON_STRING(route),         event_time FROM messages WHERE status = 'ongoing'
UNION ALL
SELECT component, 'headsign',           JSON_STRING(headsign),      event_time FROM messages WHERE status = 'ongoing'
UNION ALL
SELECT component, 'next.stop',          JSON_STRING(next_stop),     event_time FROM messages WHERE status = 'ongoing'
UNION ALL
SELECT component, 'upcoming.line',      JSON_STRING(line),          event_time FROM messages WHERE status = 'upcoming'
UNION ALL
SELECT component, 'upcoming.direction', JSON_STRING(direction),     event_time FROM messages WHERE status = 'upcoming'
UNION ALL
SELECT component, 'upcoming.start',     JSON_STRING(departure),     event_time FROM messages WHERE status = 'upcoming'
UNION ALL
SELECT component, 'upcoming.headsign',  JSON_STRING(headsign),      event_time FROM messages WHERE status = 'upcoming';
