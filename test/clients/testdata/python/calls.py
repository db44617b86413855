"""Makes the calls with a client that openapi-python-client generated, and prints what came."""

import json
import os
import sys
import time
import urllib.parse
import urllib.request

from twinapi import AuthenticatedClient, Client
from twinapi.api.changes import list_changes
from twinapi.api.components import get_reading, get_twin, list_components
from twinapi.api.datasets import get_dataset, list_datasets
from twinapi.api.operations import cancel_run, create_run, get_reject, get_run, list_rejects, list_runs
from twinapi.api.readings import list_readings, query_readings
from twinapi.api.service import get_service
from twinapi.models import ReadingField, RunKind, RunRequest, RunState, Selection
from twinapi.types import UNSET

base, hostile, component = (os.environ[name] for name in ("TWIN_URL", "TWIN_HOSTILE", "TWIN_FORGET"))
results = {}


def millis(at):
    return None if at is None else round(at.timestamp() * 1000)


def run(kind, **request):
    """Makes a run and returns it once it has ended."""
    made = create_run.sync(client=api, body=RunRequest(kind, **request))
    while made.state is RunState.RUNNING:
        time.sleep(0.02)
        made = get_run.sync(made.id, client=api)
    return made


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

forget = run(RunKind.FORGET, prefix="parking:")
results["dry run"] = {
    "dryRun": forget.dry_run,
    "state": forget.state.value,
    "components": forget.counts.components,
    "readings": forget.counts.readings,
}
newest = list_runs.sync(client=api, limit=1).runs[0]
ended = cancel_run.sync(newest.id, client=api)
results["runs"] = {"newest": newest.id == forget.id, "cancelled": ended.state.value}

group = list_rejects.sync(client=api, dataset="wagon_telemetry").groups[0]
reject = get_reject.sync(group.example, client=api)
results["rejects"] = {"reason": group.reason, "count": group.count, "payload": reject.payload}
replay = run(RunKind.REPLAY, dataset="wagon_telemetry", reason=group.reason)
results["replay"] = {
    "dryRun": replay.dry_run,
    "records": replay.counts.records,
    "rejected": replay.counts.rejected.to_dict(),
}

results["pause"] = []
for kind in RunKind.PAUSE, RunKind.RESUME:
    made = run(kind, dataset="wagon_telemetry", dry_run=False)
    wanted = kind is RunKind.PAUSE
    while (get_dataset.sync("wagon_telemetry", client=api).paused_since is not None) != wanted:
        time.sleep(0.02)  # the catalogue may be some seconds old
    results["pause"].append(made.kind.value)

cursor = list_changes.sync(client=api, prefix=component).cursor
forget = run(RunKind.FORGET, component=component, dry_run=False)
changes = list_changes.sync(client=api, prefix=component, after=cursor, wait=20)
gone = changes.forgotten[0]
results["follow"] = {
    "forgotten": gone.component == component,
    "dataset": gone.dataset,
    "gap": changes.gap,
    "changes": len(changes.changes),
    "dryRun": forget.dry_run,
    "status": get_twin.sync_detailed(component, client=api).status_code,
}

json.dump(results, sys.stdout)
