-- US National Weather Service: the latest observation of a weather station.
--
-- source   api.weather.gov/stations/<station>/observations/latest; the whole answer is one record, about one an hour
-- licence  public domain, US Government
-- key      weatherstation:<station>, the last part of the URL in properties.station
-- time     properties.timestamp, with the offset of its zone
SET 'twin.description'                       = 'US National Weather Service: observations';
SET 'twin.interval'                          = '1 h';
SET 'twin.interval.temperature.max.24h'      = '24 h';
SET 'twin.interval.temperature.min.24h'      = '24 h';
SET 'twin.interval.precipitation.3h'         = '3 h';
SET 'twin.interval.precipitation.6h'         = '6 h';
SET 'twin.interval.precipitation.6h.quality' = '6 h';
SET 'twin.interval.wind.gust'                = 'none';    -- only in weather that has it
SET 'twin.interval.wind.gust.quality'        = 'none';
SET 'twin.interval.wind.chill'               = 'none';
SET 'twin.interval.heat.index'               = 'none';

-- data templating: the shape of a source record; a quantity is an object of value, unit and quality
CREATE TABLE nws_observations (
  geometry   ROW<coordinates ARRAY<DOUBLE>>,    -- a GeoJSON point: longitude, latitude
  properties ROW<
    station                   STRING,
    `timestamp`               STRING,
    textDescription           STRING,
    elevation                 ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    temperature               ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    maxTemperatureLast24Hours ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    minTemperatureLast24Hours ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    dewpoint                  ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    windDirection             ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    windSpeed                 ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    windGust                  ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    windChill                 ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    heatIndex                 ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    barometricPressure        ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    seaLevelPressure          ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    visibility                ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    precipitationLastHour     ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    precipitationLast3Hours   ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    precipitationLast6Hours   ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    relativeHumidity          ROW<`value` DOUBLE, unitCode STRING, qualityControl STRING>,
    presentWeather            ARRAY<ROW<weather STRING>>,
    cloudLayers               ARRAY<ROW<base ROW<`value` DOUBLE>, amount STRING>>>
) WITH (
  'format' = 'json',
  'json.ignore-parse-errors' = 'true'
);

-- data pumping: what is taken; a time with an offset is parsed in two parts, because an offset in the pattern would be ignored
CREATE VIEW observations AS
SELECT CONCAT('weatherstation:', REGEXP_EXTRACT(t.properties.station, '([^/]+)$', 1)) AS component,
       TO_TIMESTAMP_LTZ(SUBSTRING(t.properties.`timestamp`, 1, 19), 'yyyy-MM-dd''T''HH:mm:ss',
                        SUBSTRING(t.properties.`timestamp`, 20)) AS event_time,
       t.geometry.coordinates[2] AS lat, t.geometry.coordinates[1] AS lon,
       t.properties AS p
FROM nws_observations AS t;

-- one row for each quantity, so that unit and quality are read in one place
CREATE VIEW quantities AS
SELECT component, event_time, 'elevation' AS metric, p.elevation AS q            FROM observations
UNION ALL
SELECT component, event_time, 'temperature',         p.temperature               FROM observations
UNION ALL
SELECT component, event_time, 'temperature.max.24h', p.maxTemperatureLast24Hours FROM observations
UNION ALL
SELECT component, event_time, 'temperature.min.24h', p.minTemperatureLast24Hours FROM observations
UNION ALL
SELECT component, event_time, 'dewpoint',            p.dewpoint                  FROM observations
UNION ALL
SELECT component, event_time, 'wind.direction',      p.windDirection             FROM observations
UNION ALL
SELECT component, event_time, 'wind.speed',          p.windSpeed                 FROM observations
UNION ALL
SELECT component, event_time, 'wind.gust',           p.windGust                  FROM observations
UNION ALL
SELECT component, event_time, 'wind.chill',          p.windChill                 FROM observations
UNION ALL
SELECT component, event_time, 'heat.index',          p.heatIndex                 FROM observations
UNION ALL
SELECT component, event_time, 'pressure.barometric', p.barometricPressure        FROM observations
UNION ALL
SELECT component, event_time, 'pressure.sealevel',   p.seaLevelPressure          FROM observations
UNION ALL
SELECT component, event_time, 'visibility',          p.visibility                FROM observations
UNION ALL
SELECT component, event_time, 'precipitation.1h',    p.precipitationLastHour     FROM observations
UNION ALL
SELECT component, event_time, 'precipitation.3h',    p.precipitationLast3Hours   FROM observations
UNION ALL
SELECT component, event_time, 'precipitation.6h',    p.precipitationLast6Hours   FROM observations
UNION ALL
SELECT component, event_time, 'humidity',            p.relativeHumidity          FROM observations;

-- data delivery: the normalised output; a quantity without a value is no reading, 0 is one
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT component, metric, JSON_STRING(q.`value`),
       CASE q.unitCode WHEN 'wmoUnit:degC' THEN 'Cel'
                       WHEN 'wmoUnit:km_h-1' THEN 'km/h'
                       WHEN 'wmoUnit:degree_(angle)' THEN 'deg'
                       WHEN 'wmoUnit:percent' THEN '%'
                       ELSE REPLACE(q.unitCode, 'wmoUnit:', '') END,
       event_time
FROM quantities WHERE q.`value` IS NOT NULL;

INSERT INTO digitaltwin (component, metric, `value`, event_time)
SELECT component, CONCAT(metric, '.quality'),
       JSON_STRING(CASE q.qualityControl WHEN 'V' THEN 'verified' WHEN 'C' THEN 'coarse' WHEN 'Z' THEN 'preliminary' END),
       event_time
FROM quantities WHERE q.`value` IS NOT NULL AND metric IN ('temperature', 'wind.gust', 'visibility', 'precipitation.6h');

INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT component, 'weather.count', JSON_STRING(CARDINALITY(p.presentWeather)), '1', event_time FROM observations
UNION ALL
SELECT component, 'cloud.1.base',  JSON_STRING(p.cloudLayers[1].base.`value`), 'm', event_time FROM observations
UNION ALL
SELECT component, 'cloud.2.base',  JSON_STRING(p.cloudLayers[2].base.`value`), 'm', event_time FROM observations
UNION ALL
SELECT component, 'cloud.3.base',  JSON_STRING(p.cloudLayers[3].base.`value`), 'm', event_time FROM observations
UNION ALL
SELECT component, 'position', JSON_OBJECT('lat' VALUE lat, 'lon' VALUE lon), 'deg', event_time FROM observations
WHERE lat IS NOT NULL AND lon IS NOT NULL;

INSERT INTO digitaltwin (component, metric, `value`, event_time)
SELECT component, 'description',    JSON_STRING(p.textDescription),       event_time FROM observations
UNION ALL
SELECT component, 'cloud.1.amount', JSON_STRING(p.cloudLayers[1].amount), event_time FROM observations
UNION ALL
SELECT component, 'cloud.2.amount', JSON_STRING(p.cloudLayers[2].amount), event_time FROM observations
UNION ALL
SELECT component, 'cloud.3.amount', JSON_STRING(p.cloudLayers[3].amount), event_time FROM observations;
