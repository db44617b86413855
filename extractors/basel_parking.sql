-- Basel: free places in the car parks, the guidance system of the canton.
--
-- source   data.bs.ch, dataset 100088; a JSON array of car parks is one record, every one to two minutes
-- licence  CC BY 4.0, Open Government Data Basel-Stadt
-- key      parking:<id2>; a placeholder element, all null but its title, has no id2 and delivers nothing
-- time     published, with the offset of its zone
SET 'twin.description' = 'Basel: free places in car parks';
SET 'twin.interval'    = '2 min';

-- data templating: the shape of a car park; a top-level array gives one row for each
CREATE TABLE basel_parking (
  id2                STRING,
  published          STRING,
  name               STRING,
  description        STRING,
  link               STRING,
  `free`             INT,
  total              INT,
  anteil_frei        DOUBLE,
  auslastung         DOUBLE,
  auslastung_prozent DOUBLE,
  geo_point_2d       ROW<lon DOUBLE, lat DOUBLE>
) WITH (
  'format' = 'json',
  'json.ignore-parse-errors' = 'true'
);

-- data pumping: what is taken; a time with an offset is parsed in two parts, because an offset in the pattern would be ignored
CREATE VIEW car_parks AS
SELECT CONCAT('parking:', t.id2) AS component,
       TO_TIMESTAMP_LTZ(SUBSTRING(t.published, 1, 19), 'yyyy-MM-dd''T''HH:mm:ss', SUBSTRING(t.published, 20)) AS event_time,
       t.`free` AS free_places, t.total AS capacity,
       t.anteil_frei AS free_ratio, t.auslastung AS occupancy_ratio, t.auslastung_prozent AS occupancy,
       t.geo_point_2d.lat AS lat, t.geo_point_2d.lon AS lon,
       t.name AS name, t.description AS description, t.link AS link
FROM basel_parking AS t
WHERE t.id2 IS NOT NULL;

-- data delivery: the normalised output
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT component, 'free',            JSON_STRING(free_places),     '1', event_time FROM car_parks
UNION ALL
SELECT component, 'capacity',        JSON_STRING(capacity),        '1', event_time FROM car_parks
UNION ALL
SELECT component, 'free.ratio',      JSON_STRING(free_ratio),      '1', event_time FROM car_parks
UNION ALL
SELECT component, 'occupancy.ratio', JSON_STRING(occupancy_ratio), '1', event_time FROM car_parks
UNION ALL
SELECT component, 'occupancy',       JSON_STRING(occupancy),       '%', event_time FROM car_parks
UNION ALL
SELECT component, 'position', JSON_OBJECT('lat' VALUE lat, 'lon' VALUE lon), 'deg', event_time FROM car_parks
WHERE lat IS NOT NULL AND lon IS NOT NULL;

INSERT INTO digitaltwin (component, metric, `value`, event_time)
SELECT component, 'name',        JSON_STRING(name),        event_time FROM car_parks
UNION ALL
SELECT component, 'description', JSON_STRING(description), event_time FROM car_parks
UNION ALL
SELECT component, 'link',        JSON_STRING(link),        event_time FROM car_parks;
