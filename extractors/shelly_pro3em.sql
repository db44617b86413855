-- Shelly Pro 3EM: a three-phase energy meter with its phases, totals and state of the device.
--
-- source   Shelly.GetStatus, or MQTT <prefix>/status, every 1 to 60 seconds; the status object is one record
-- licence  the sample: Apache-2.0, home-assistant
-- key      meter:<sys.mac>; the phases are metrics of the meter
-- time     sys.unixtime, epoch seconds; sys.time is local and has no date
SET 'twin.description' = 'Shelly Pro 3EM energy meters';
SET 'twin.interval'    = '1 min';

-- data templating: the shape of a source record; a key with a colon is quoted
CREATE TABLE shelly_pro3em (
  sys             ROW<mac STRING, unixtime BIGINT, uptime BIGINT, restart_required BOOLEAN>,
  `em:0`          ROW<
    a_act_power DOUBLE, a_current DOUBLE, a_voltage DOUBLE, a_freq DOUBLE, a_pf DOUBLE,
    b_act_power DOUBLE, b_current DOUBLE, b_voltage DOUBLE, b_freq DOUBLE, b_pf DOUBLE,
    c_act_power DOUBLE, c_current DOUBLE, c_voltage DOUBLE, c_freq DOUBLE, c_pf DOUBLE,
    total_act_power DOUBLE, total_aprt_power DOUBLE, total_current DOUBLE, n_current DOUBLE>,
  `emdata:0`      ROW<
    a_total_act_energy DOUBLE, b_total_act_energy DOUBLE, c_total_act_energy DOUBLE,
    total_act DOUBLE, total_act_ret DOUBLE>,
  `temperature:0` ROW<tC DOUBLE>,
  wifi            ROW<rssi INT, status STRING>,
  eth             ROW<ip STRING>
) WITH (
  'format' = 'json',
  'json.ignore-parse-errors' = 'true'
);

-- data pumping: what is taken
CREATE VIEW statuses AS
SELECT CONCAT('meter:', t.sys.mac) AS component,
       TO_TIMESTAMP_LTZ(t.sys.unixtime, 0) AS event_time,
       t.sys.uptime AS uptime, t.sys.restart_required AS restart_required,
       t.`em:0` AS em, t.`emdata:0` AS emdata, t.`temperature:0`.tC AS temperature,
       t.wifi.rssi AS rssi, t.wifi.status AS wifi_status, t.eth.ip AS ip
FROM shelly_pro3em AS t;

-- one row for each phase
CREATE VIEW phases AS
SELECT component, event_time, 'a' AS phase,
       em.a_act_power AS watts, em.a_current AS amperes, em.a_voltage AS volts,
       em.a_freq AS frequency, em.a_pf AS power_factor, emdata.a_total_act_energy AS energy
FROM statuses
UNION ALL
SELECT component, event_time, 'b',
       em.b_act_power, em.b_current, em.b_voltage,
       em.b_freq, em.b_pf, emdata.b_total_act_energy
FROM statuses
UNION ALL
SELECT component, event_time, 'c',
       em.c_act_power, em.c_current, em.c_voltage,
       em.c_freq, em.c_pf, emdata.c_total_act_energy
FROM statuses;

-- data delivery: the phases
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT component, CONCAT('phase.', phase, '.power.active'),  JSON_STRING(watts),        'W',   event_time FROM phases
UNION ALL
SELECT component, CONCAT('phase.', phase, '.current'),       JSON_STRING(amperes),      'A',   event_time FROM phases
UNION ALL
SELECT component, CONCAT('phase.', phase, '.voltage'),       JSON_STRING(volts),        'V',   event_time FROM phases
UNION ALL
SELECT component, CONCAT('phase.', phase, '.frequency'),     JSON_STRING(frequency),    'Hz',  event_time FROM phases
UNION ALL
SELECT component, CONCAT('phase.', phase, '.power.factor'),  JSON_STRING(power_factor), '1',   event_time FROM phases
UNION ALL
SELECT component, CONCAT('phase.', phase, '.energy.active'), JSON_STRING(energy),       'W.h', event_time FROM phases;

-- the totals and the device
INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)
SELECT component, 'power.active',    JSON_STRING(em.total_act_power),   'W',      event_time FROM statuses
UNION ALL
SELECT component, 'power.apparent',  JSON_STRING(em.total_aprt_power),  'VA',     event_time FROM statuses
UNION ALL
SELECT component, 'current',         JSON_STRING(em.total_current),     'A',      event_time FROM statuses
UNION ALL
SELECT component, 'current.neutral', JSON_STRING(em.n_current),         'A',      event_time FROM statuses
UNION ALL
SELECT component, 'energy.active',   JSON_STRING(emdata.total_act),     'W.h',    event_time FROM statuses
UNION ALL
SELECT component, 'energy.returned', JSON_STRING(emdata.total_act_ret), 'W.h',    event_time FROM statuses
UNION ALL
SELECT component, 'temperature',     JSON_STRING(temperature),          'Cel',    event_time FROM statuses
UNION ALL
SELECT component, 'wifi.rssi',       JSON_STRING(rssi),                 'dB{mW}', event_time FROM statuses
UNION ALL
SELECT component, 'uptime',          JSON_STRING(uptime),               's',      event_time FROM statuses;

INSERT INTO digitaltwin (component, metric, `value`, event_time)
SELECT component, 'wifi.status',      JSON_STRING(wifi_status),      event_time FROM statuses
UNION ALL
SELECT component, 'eth.ip',           JSON_STRING(ip),               event_time FROM statuses
UNION ALL
SELECT component, 'restart.required', JSON_STRING(restart_required), event_time FROM statuses;
