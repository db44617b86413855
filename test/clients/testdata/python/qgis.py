"""Runs the start-up script of docs/qgis.md with stand-ins for QGIS, and reads the layer with GDAL, as QGIS does.

Arguments: the script, the URI of the layer. What came is printed as JSON.
"""

import json
import os
import sys
import types

script, uri = sys.argv[1:]
options = {}
timer = {}


class Timer:
    timeout = types.SimpleNamespace(connect=lambda f: timer.update(renews=f.__name__))

    def setSingleShot(self, single):
        timer["single"] = single

    def start(self, milliseconds):
        timer["milliseconds"] = milliseconds


class Config:
    def config(self, name):
        return self.values[name]


class Manager:
    def loadAuthenticationConfig(self, name, config, full):
        config.values = {"username": os.environ["TWIN_CLIENT"], "password": os.environ["TWIN_SECRET"]}


def module(name, **members):
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(members)


gdal = types.SimpleNamespace(
    SetConfigOption=lambda name, value: options.update({name: value}),
    SetPathSpecificOption=lambda path, name, value: options.update(path=path, name=name, value=value),
)
module("osgeo", gdal=gdal)
module("qgis")
module("qgis.core", QgsApplication=types.SimpleNamespace(authManager=Manager), QgsAuthMethodConfig=Config)
module("qgis.PyQt")
module("qgis.PyQt.QtCore", QTimer=Timer)
with open(script) as f:
    exec(compile(f.read(), script, "exec"), {"__name__": "__main__"})

# GDAL reads options of a path from a file too: fiona has no call for them.
with open("gdalrc", "w") as f:
    f.write(f"[credentials]\n[.twin]\npath={options['path']}\n{options['name']}={options['value']}\n")
os.environ["GDAL_CONFIG_FILE"] = os.path.abspath("gdalrc")
os.environ["CPL_VSIL_CURL_NON_CACHED"] = options["CPL_VSIL_CURL_NON_CACHED"]

import fiona  # noqa: E402

with fiona.open("/vsicurl/" + uri) as layer:
    crs, columns = str(layer.crs), dict(layer.schema["properties"])
    features = [(f.properties["component"], f.geometry.coordinates, f.properties["free"]) for f in layer]
json.dump(
    {
        "timer": timer,
        "crs": crs,
        "columns": columns,
        "features": len(features),
        "first": features[0],
    },
    sys.stdout,
)
