-- Fintraffic, Finland: trains with their timetable rows, and when they really arrived and departed.
--
-- source   rata.digitraffic.fi and rata-mqtt.digitraffic.fi, live-trains; a JSON array of trains is one record
-- licence  CC BY 4.0, Fintraffic / digitraffic.fi
-- key      train:<departureDate>:<trainNumber>, and stop:<departureDate>:<trainNumber>:<stationShortCode>:<type>
-- time     actualTime of the timetable row, UTC; a row without one has not happened, and delivers nothing
SET 'twin.description' = 'Fintraffic: arrivals and departures of trains in Finland';
SET 'twin.interval'    = 'none';    -- a stop happens once

-- data templating: the shape of a train; a top-level array gives one row for each
CREATE TABLE digitraffic_live_trains (
  trainNumber       BIGINT,
  departureDate     STRING,
  operatorShortCode STRING,
  trainType         STRING,
  trainCategory     STRING,
  commuterLineID    STRING,
  runningCurrently  BOOLEAN,
  cancelled         BOOLEAN,
  version           BIGINT,
  timeTableRows     ARRAY<ROW<
    stationShortCode STRING, type STRING, trainStopping BOOLEAN, commercialStop BOOLEAN, commercialTrack STRING,
    cancelled BOOLEAN, scheduledTime STRING, actualTime TIMESTAMP_LTZ(3), differenceInMinutes INT,
    causes ARRAY<ROW<categoryCode STRING, detailedCategoryCode STRING, thirdCategoryCode STRING>>,
    trainReady ROW<source STRING, accepted BOOLEAN, `timestamp` TIMESTAMP_LTZ(3)>>>
) WITH (
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601',
  'json.ignore-parse-errors' = 'true'
);

-- data pumping: one row for each timetable row that has happened
CREATE VIEW stops AS
SELECT CONCAT('train:', t.departureDate, ':', CAST(t.trainNumber AS STRING)) AS train,
       CONCAT('stop:', t.departureDate, ':', CAST(t.trainNumber AS STRING), ':', r.stationShortCode, ':', r.type) AS stop,
       t.version AS version, t.cancelled AS train_cancelled, t.runningCurrently AS in_service,
       t.trainType AS train_type, t.trainCategory AS category, t.operatorShortCode AS operator,
       NULLIF(t.commuterLineID, '') AS commuter_line,
       r.actualTime AS event_time, r.differenceInMinutes AS delay, r.stationShortCode AS station,
       r.scheduledTime AS scheduled, NULLIF(r.commercialTrack, '') AS track,
       r.cancelled AS stop_cancelled, r.trainStopping AS stopping, r.commercialStop AS commercial_stop,
       CARDINALITY(r.causes) AS causes,
       r.causes[1].categoryCode AS cause_category,
       r.causes[1].detailedCategoryCode AS cause_detailed,
       r.causes[1].thirdCategoryCode AS cause_third,
       r.trainReady.accepted AS ready_accepted, r.trainReady.source AS ready_source, r.trainReady.`timestamp` AS ready_at
FROM digitraffic_live_trains AS t CROSS JOIN UNNEST(t.timeTableRows) AS r
WHERE r.actualTime IS NOT NULL;

-- data delivery: the train as of its newest stop
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT train, 'version', JSON_STRING(version), '1',   event_time FROM stops
UNION ALL
SELECT train, 'delay',   JSON_STRING(delay),   'min', event_time FROM stops;

INSERT INTO digitaltwin (component, metric, `value`, event_time)
SELECT train, 'cancelled',     JSON_STRING(train_cancelled), event_time FROM stops
UNION ALL
SELECT train, 'running',       JSON_STRING(in_service),      event_time FROM stops
UNION ALL
SELECT train, 'type',          JSON_STRING(train_type),      event_time FROM stops
UNION ALL
SELECT train, 'category',      JSON_STRING(category),        event_time FROM stops
UNION ALL
SELECT train, 'operator',      JSON_STRING(operator),        event_time FROM stops
UNION ALL
SELECT train, 'commuter.line', JSON_STRING(commuter_line),   event_time FROM stops
UNION ALL
SELECT train, 'last.station',  JSON_STRING(station),         event_time FROM stops;

-- and each stop
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT stop, 'delay',       JSON_STRING(delay),  'min', event_time FROM stops
UNION ALL
SELECT stop, 'cause.count', JSON_STRING(causes), '1',   event_time FROM stops;

INSERT INTO digitaltwin (component, metric, `value`, event_time)
SELECT stop, 'scheduled',       JSON_STRING(scheduled),       event_time FROM stops
UNION ALL
SELECT stop, 'track',           JSON_STRING(track),           event_time FROM stops
UNION ALL
SELECT stop, 'cancelled',       JSON_STRING(stop_cancelled),  event_time FROM stops
UNION ALL
SELECT stop, 'stopping',        JSON_STRING(stopping),        event_time FROM stops
UNION ALL
SELECT stop, 'commercial.stop', JSON_STRING(commercial_stop), event_time FROM stops
UNION ALL
SELECT stop, 'cause.category',  JSON_STRING(cause_category),  event_time FROM stops
UNION ALL
SELECT stop, 'cause.detailed',  JSON_STRING(cause_detailed),  event_time FROM stops
UNION ALL
SELECT stop, 'cause.third',     JSON_STRING(cause_third),     event_time FROM stops
UNION ALL
SELECT stop, 'ready.accepted',  JSON_STRING(ready_accepted),  ready_at   FROM stops WHERE ready_at IS NOT NULL
UNION ALL
SELECT stop, 'ready.source',    JSON_STRING(ready_source),    ready_at   FROM stops WHERE ready_at IS NOT NULL;
