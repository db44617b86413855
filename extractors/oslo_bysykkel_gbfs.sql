-- Oslo Bysykkel: bicycles and free docks of every station, GBFS 2.3 station_status.json.
--
-- source   gbfs.urbansharing.com, the whole file is one record, renewed every 15 seconds
-- licence  NLOD 2.0, Oslo Bysykkel
-- key      bikestation:<station_id>
-- time     last_reported of the station, epoch seconds; last_updated of the file may be earlier
SET 'twin.description' = 'Oslo Bysykkel: bicycles and docks at each station';
SET 'twin.interval'    = '15 s';

-- data templating: the shape of a source record
CREATE TABLE oslo_bysykkel_gbfs (
  data ROW<stations ARRAY<ROW<
    station_id STRING, last_reported BIGINT,
    is_installed BOOLEAN, is_renting BOOLEAN, is_returning BOOLEAN,
    num_bikes_available INT, num_vehicles_available INT, num_docks_available INT,
    vehicle_types_available ARRAY<ROW<vehicle_type_id STRING, `count` INT>>>>>
) WITH (
  'format' = 'json',
  'json.ignore-parse-errors' = 'true'
);

-- data pumping: one row for each station
CREATE VIEW stations AS
SELECT CONCAT('bikestation:', s.station_id) AS component,
       TO_TIMESTAMP_LTZ(s.last_reported, 0) AS event_time,
       s.is_installed AS installed, s.is_renting AS renting, s.is_returning AS returning,
       s.num_bikes_available AS bikes, s.num_vehicles_available AS vehicles, s.num_docks_available AS docks,
       s.vehicle_types_available AS vehicle_types
FROM oslo_bysykkel_gbfs AS t CROSS JOIN UNNEST(t.data.stations) AS s;

-- data delivery: the normalised output
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT component, 'bikes.available',    JSON_STRING(bikes),    '1', event_time FROM stations
UNION ALL
SELECT component, 'vehicles.available', JSON_STRING(vehicles), '1', event_time FROM stations
UNION ALL
SELECT component, 'docks.available',    JSON_STRING(docks),    '1', event_time FROM stations;

-- an array in the array: the metric is named after the type of vehicle
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT s.component, CONCAT('count.', v.vehicle_type_id), JSON_STRING(v.`count`), '1', s.event_time
FROM stations AS s CROSS JOIN UNNEST(s.vehicle_types) AS v;

INSERT INTO digitaltwin (component, metric, `value`, event_time)
SELECT component, 'installed', JSON_STRING(installed), event_time FROM stations
UNION ALL
SELECT component, 'renting',   JSON_STRING(renting),   event_time FROM stations
UNION ALL
SELECT component, 'returning', JSON_STRING(returning), event_time FROM stations;
