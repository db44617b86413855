"""Makes the twelve calls with a client that openapi-python-client generated, and prints what came."""

import json
import os
import sys
import urllib.parse
import urllib.request

from twinapi import AuthenticatedClient, Client
from twinapi.api.components import get_reading, get_twin, list_components
from twinapi.api.datasets import list_datasets
from twinapi.api.readings import list_readings, query_readings
from twinapi.api.service import get_service
from twinapi.models import ReadingField, Selection
from twinapi.types import UNSET

base, hostile = os.environ["TWIN_URL"], os.environ["TWIN_HOSTILE"]
results = {}


def millis(time):
    return None if time is None else round(time.timestamp() * 1000)


anonymous = Client(base)
refused = list_components.sync(client=anonymous)
service = get_service.sync(client=anonymous)
form = {
    "grant_type": "client_credentials",
    "client_id": os.environ["TWIN_CLIENT"],
    "client_secret": os.environ["TWIN_SECRET"],
}
with urllib.request.urlopen(service.oauth.token_url, urllib.parse.urlencode(form).encode()) as answer:
    token = json.load(answer)["access_token"]
api = AuthenticatedClient(base, token, raise_on_unexpected_status=True)
results["OAuth"] = {"without": refused.type_, "scopes": service.oauth.scopes}

first = list_components.sync(client=api, prefix="parking:", limit=3)
results["list"] = {"components": first.components, "more": first.next_ is not None}

components, pages, cursor = 0, 0, ""
while cursor is not None:
    page = list_components.sync(client=api, prefix="parking:", limit=7, cursor=cursor)
    components, pages, cursor = components + len(page.components), pages + 1, page.cursor
results["page on"] = {"pages": pages, "components": components}

answer = get_twin.sync_detailed("parking:aeschen", client=api)
twin, tag = answer.parsed, answer.headers["ETag"]
position = twin.readings[-1]
results["twin"] = {
    "metrics": [r.metric for r in twin.readings],
    "position": position.value,
    "unit": position.unit,
    "event": millis(position.event_time),
    "stale": millis(position.stale_at),
}
again = get_twin.sync_detailed("parking:aeschen", client=api, if_none_match=tag)
results["304"] = {"status": again.status_code, "same": again.headers["ETag"] == tag}

reading = get_reading.sync(hostile, "speed", client=api, fields=[ReadingField.SOURCE])
state = get_reading.sync(hostile, "load.state", client=api)
results["reading"] = {
    "component": reading.component,
    "value": reading.value,
    "source": reading.source.stream is not None,
    "nulls": [state.unit, millis(state.stale_at), None if state.source is UNSET else state.source],
}

matrix = query_readings.sync(client=api, body=Selection(["parking:aeschen", "no/such"], ["capacity"]))
results["matrix"] = [
    [c.component, c.metric, c.status.value, c.reading.value if c.reading else None] for c in matrix.cells
]

datasets = list_datasets.sync(client=api).datasets
parking = next(d for d in datasets if d.dataset == "basel_parking")
results["catalogue"] = {
    "datasets": len(datasets),
    "interval": parking.interval_seconds,
    "newest": millis(parking.newest_event_time),
    "paused": millis(parking.paused_since),
    "units": parking.metrics[0].units,
}

page = list_readings.sync(client=api, dataset=["basel_parking"], metrics=["capacity", "position"], limit=4)
results["filter"] = [f"{r.component} {r.metric}" for r in page.readings]

few = list_components.sync(client=api, prefix="parking:", filter_="free<100", count=True)
results["count"] = {"components": few.count}

wrong = list_readings.sync(client=api, limit=1001)
results["400"] = {"type": wrong.type_, "status": wrong.status, "parameter": wrong.parameter}
absent = get_twin.sync("no/such", client=api)
results["404"] = {"type": absent.type_, "status": absent.status, "parameter": absent.parameter}

json.dump(results, sys.stdout)
