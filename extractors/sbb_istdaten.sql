-- Swiss public transport: planned and actual arrivals and departures at every stop ("Ist-Daten").
--
-- source   opentransportdata.swiss; a CSV row is one record, the header row is sent as one and creates nothing
-- licence  open use, the source must be named: opentransportdata.swiss
-- key      stop:<FAHRT_BEZEICHNER>:<BPUIC>, and trip:<FAHRT_BEZEICHNER>; some BPUIC carry two digits too many after the seven
-- time     local Swiss time; forecast before timetable: D of a departure, A of an arrival
SET 'twin.description' = 'Swiss public transport: arrivals and departures';
SET 'twin.interval'    = 'none';    -- a stop happens once

-- data templating: the columns of a row, in their order
CREATE TABLE sbb_istdaten (
  betriebstag         STRING,
  fahrt_bezeichner    STRING,
  betreiber_id        STRING,
  betreiber_abk       STRING,
  betreiber_name      STRING,
  produkt_id          STRING,
  linien_id           STRING,
  linien_text         STRING,
  umlauf_id           STRING,
  verkehrsmittel_text STRING,
  zusatzfahrt_tf      STRING,
  faellt_aus_tf       STRING,
  bpuic               STRING,
  haltestellen_name   STRING,
  ankunftszeit        STRING,
  an_prognose         STRING,
  an_prognose_status  STRING,
  abfahrtszeit        STRING,
  ab_prognose         STRING,
  ab_prognose_status  STRING,
  durchfahrt_tf       STRING
) WITH (
  'format' = 'csv',
  'csv.field-delimiter' = ';',
  'csv.null-literal' = '',
  'csv.ignore-parse-errors' = 'true'
);

-- data pumping: texts become points in time, with or without seconds
CREATE VIEW calls AS
SELECT CONCAT('stop:', fahrt_bezeichner, ':', SUBSTRING(bpuic, 1, 7)) AS stop,
       CONCAT('trip:', fahrt_bezeichner) AS trip,
       COALESCE(TO_TIMESTAMP_LTZ(ankunftszeit, 'dd.MM.yyyy HH:mm', 'Europe/Zurich'),
                TO_TIMESTAMP_LTZ(ankunftszeit, 'dd.MM.yyyy HH:mm:ss', 'Europe/Zurich')) AS arrival_planned,
       COALESCE(TO_TIMESTAMP_LTZ(an_prognose, 'dd.MM.yyyy HH:mm:ss', 'Europe/Zurich'),
                TO_TIMESTAMP_LTZ(an_prognose, 'dd.MM.yyyy HH:mm', 'Europe/Zurich')) AS arrival_forecast,
       COALESCE(TO_TIMESTAMP_LTZ(abfahrtszeit, 'dd.MM.yyyy HH:mm', 'Europe/Zurich'),
                TO_TIMESTAMP_LTZ(abfahrtszeit, 'dd.MM.yyyy HH:mm:ss', 'Europe/Zurich')) AS departure_planned,
       COALESCE(TO_TIMESTAMP_LTZ(ab_prognose, 'dd.MM.yyyy HH:mm:ss', 'Europe/Zurich'),
                TO_TIMESTAMP_LTZ(ab_prognose, 'dd.MM.yyyy HH:mm', 'Europe/Zurich')) AS departure_forecast,
       CASE an_prognose_status WHEN 'UNBEKANNT' THEN 'unknown' WHEN 'PROGNOSE' THEN 'forecast'
                               WHEN 'GESCHAETZT' THEN 'estimated' WHEN 'REAL' THEN 'actual' END AS arrival_status,
       CASE ab_prognose_status WHEN 'UNBEKANNT' THEN 'unknown' WHEN 'PROGNOSE' THEN 'forecast'
                               WHEN 'GESCHAETZT' THEN 'estimated' WHEN 'REAL' THEN 'actual' END AS departure_status,
       haltestellen_name AS name, linien_text AS line, betreiber_name AS operator, produkt_id AS product,
       verkehrsmittel_text AS category, umlauf_id AS circulation,
       DATE_FORMAT(TO_TIMESTAMP(betriebstag, 'dd.MM.yyyy'), 'yyyy-MM-dd') AS operating_day,
       TRY_CAST(faellt_aus_tf AS BOOLEAN) AS cancelled,
       TRY_CAST(zusatzfahrt_tf AS BOOLEAN) AS additional,
       TRY_CAST(durchfahrt_tf AS BOOLEAN) AS passing
FROM sbb_istdaten
WHERE betriebstag <> 'BETRIEBSTAG';

-- A = when it arrives, D = when it departs, as far as is known
CREATE VIEW stops AS
SELECT stop, trip,
       COALESCE(arrival_forecast, arrival_planned) AS a,
       COALESCE(departure_forecast, departure_planned) AS d,
       COALESCE(departure_forecast, departure_planned, arrival_forecast, arrival_planned) AS d_or_a,
       TIMESTAMPDIFF(SECOND, arrival_planned, arrival_forecast) AS arrival_delay, arrival_status,
       TIMESTAMPDIFF(SECOND, departure_planned, departure_forecast) AS departure_delay, departure_status,
       name, line, operator, product, category, circulation, operating_day, cancelled, additional, passing
FROM calls;

-- data delivery: the normalised output
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT stop, 'arrival.delay',   JSON_STRING(arrival_delay),   's', a FROM stops WHERE a IS NOT NULL
UNION ALL
SELECT stop, 'departure.delay', JSON_STRING(departure_delay), 's', d FROM stops WHERE d IS NOT NULL
UNION ALL
SELECT trip, 'delay',           JSON_STRING(departure_delay), 's', d FROM stops WHERE d IS NOT NULL;

INSERT INTO digitaltwin (component, metric, `value`, event_time)
SELECT stop, 'arrival.status',   JSON_STRING(arrival_status),   a      FROM stops WHERE a IS NOT NULL
UNION ALL
SELECT stop, 'departure.status', JSON_STRING(departure_status), d      FROM stops WHERE d IS NOT NULL
UNION ALL
SELECT stop, 'name',             JSON_STRING(name),             d_or_a FROM stops
UNION ALL
SELECT stop, 'line',             JSON_STRING(line),             d_or_a FROM stops
UNION ALL
SELECT stop, 'operator',         JSON_STRING(operator),         d_or_a FROM stops
UNION ALL
SELECT stop, 'product',          JSON_STRING(product),          d_or_a FROM stops
UNION ALL
SELECT stop, 'category',         JSON_STRING(category),         d_or_a FROM stops
UNION ALL
SELECT stop, 'circulation',      JSON_STRING(circulation),      d_or_a FROM stops
UNION ALL
SELECT stop, 'operating.day',    JSON_STRING(operating_day),    d_or_a FROM stops
UNION ALL
SELECT stop, 'cancelled',        JSON_STRING(cancelled),        d_or_a FROM stops
UNION ALL
SELECT stop, 'additional',       JSON_STRING(additional),       d_or_a FROM stops
UNION ALL
SELECT stop, 'passing',          JSON_STRING(passing),          d_or_a FROM stops
UNION ALL
SELECT trip, 'last.stop',        JSON_STRING(name),             d_or_a FROM stops;
