"""Reads the forms of a twin's answers with the libraries that people use, and prints what it has found as JSON."""

import json
import sys

import duckdb
import geojson

folder = sys.argv[1]


def validated(name):
    """The features of a file, whose collection must be valid by RFC 7946."""
    with open(f"{folder}/{name}", encoding="utf-8") as f:
        collection = geojson.load(f)
    assert isinstance(collection, geojson.FeatureCollection), type(collection)
    assert collection.is_valid, collection.errors()
    for feature in collection["features"]:
        assert isinstance(feature["geometry"], geojson.Point) and not feature["geometry"].errors(), feature
    return [[f["id"], f["geometry"]["coordinates"], f["properties"].get("speed")] for f in collection["features"]]


def table(reader, name, columns):
    """Columns of a file as DuckDB reads it, with the types that it finds out."""
    relation = duckdb.sql(f"SELECT * FROM {reader}('{folder}/{name}')")
    assert relation.columns == ["component", "metric", "value", "unit", "eventTime", "staleAt", "dataset"], relation.columns
    return duckdb.sql(f"SELECT {columns} FROM relation ORDER BY component, metric").fetchall()


print(
    json.dumps(
        {
            "features": validated("readings.geojson"),
            "csv": table("read_csv", "readings.csv", "component, metric, value, unit, epoch_ms(eventTime)"),
            "ndjson": table("read_json", "readings.ndjson", "component, metric, value::VARCHAR, unit, epoch_ms(eventTime::TIMESTAMP)"),
            "rows": duckdb.sql(
                f"""SELECT row.component, row.speed, row."position.lon", epoch_ms(row."eventTime"::TIMESTAMP)
                    FROM (SELECT unnest(rows) AS row FROM read_json('{folder}/rows.json')) ORDER BY 1"""
            ).fetchall(),
        }
    )
)
