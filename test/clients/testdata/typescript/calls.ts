// Makes the calls with openapi-fetch and the types that openapi-typescript generated, and prints what came.
import createClient from "openapi-fetch";
import type { components, paths } from "./twinapi.js";

// The form of the answers that is read here; there are GeoJSON, CSV and others.
type JSONMedia = "application/json" | "application/problem+json";

const env = (name: string): string => process.env[name] ?? "";
const base = env("TWIN_URL");
const hostile = env("TWIN_HOSTILE");
const results: Record<string, unknown> = {};

const millis = (time: string | null): number | null => (time === null ? null : Date.parse(time));

// have returns what an answer must have.
function have<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("an answer has no body of the status that was expected");
  return value;
}

const anonymous = createClient<paths, JSONMedia>({ baseUrl: base });
const refused = have((await anonymous.GET("/v1/components")).error);
const service = have((await anonymous.GET("/v1")).data);
const oauth = have(service.oauth);
const granted = await fetch(have(oauth.tokenUrl), {
  method: "POST",
  body: new URLSearchParams({
    grant_type: "client_credentials",
    client_id: env("TWIN_CLIENT"),
    client_secret: env("TWIN_SECRET"),
  }),
});
const { access_token: token } = (await granted.json()) as { access_token: string };
const api = createClient<paths, JSONMedia>({ baseUrl: base, headers: { Authorization: `Bearer ${token}` } });
results["OAuth"] = { without: refused.type, scopes: oauth.scopes };

const first = have((await api.GET("/v1/components", { params: { query: { prefix: "parking:", limit: 3 } } })).data);
results["list"] = { components: first.components, more: first.next !== null };

let [count, pages] = [0, 0];
for (let cursor: string | null = ""; cursor !== null; pages++) {
  const page: components["schemas"]["ComponentPage"] = have(
    (await api.GET("/v1/components", { params: { query: { prefix: "parking:", limit: 7, cursor } } })).data,
  );
  count += page.components.length;
  cursor = page.cursor;
}
results["page on"] = { pages, components: count };

const path = { component: "parking:aeschen" };
const answer = await api.GET("/v1/components/{component}", { params: { path } });
const readings = have(answer.data).readings;
const position = have(readings.at(-1));
results["twin"] = {
  metrics: readings.map((r) => r.metric),
  position: position.value,
  unit: position.unit,
  event: millis(position.eventTime),
  stale: millis(position.staleAt),
};
const tag = answer.response.headers.get("ETag") ?? "";
const again = await api.GET("/v1/components/{component}", { params: { path, header: { "If-None-Match": tag } } });
results["304"] = { status: again.response.status, same: again.response.headers.get("ETag") === tag };

const reading = have(
  (
    await api.GET("/v1/components/{component}/metrics/{metric}", {
      params: { path: { component: hostile, metric: "speed" }, query: { fields: ["source"] } },
    })
  ).data,
);
const state = have(
  (
    await api.GET("/v1/components/{component}/metrics/{metric}", {
      params: { path: { component: hostile, metric: "load.state" } },
    })
  ).data,
);
results["reading"] = {
  component: reading.component,
  value: reading.value,
  source: have(reading.source).stream !== null,
  nulls: [state.unit, millis(state.staleAt), state.source ?? null],
};

const matrix = have(
  (
    await api.POST("/v1/readings:query", {
      body: { components: ["parking:aeschen", "no/such"], metrics: ["capacity"] },
    })
  ).data,
);
results["matrix"] = matrix.cells.map((c) => [c.component, c.metric, c.status, c.reading?.value ?? null]);

const { datasets } = have((await api.GET("/v1/datasets")).data);
const parking = have(datasets.find((d) => d.dataset === "basel_parking"));
results["catalogue"] = {
  datasets: datasets.length,
  interval: parking.intervalSeconds,
  newest: millis(parking.newestEventTime),
  paused: millis(parking.pausedSince),
  units: have(parking.metrics[0]).units,
};

const page = have(
  (
    await api.GET("/v1/readings", {
      params: { query: { dataset: ["basel_parking"], metrics: ["capacity", "position"], limit: 4 } },
    })
  ).data,
);
results["filter"] = page.readings.map((r) => `${r.component} ${r.metric}`);

const few = have(
  (await api.GET("/v1/components", { params: { query: { prefix: "parking:", filter: "free<100", count: true } } })).data,
);
results["count"] = { components: few.count };

const wrong = have((await api.GET("/v1/readings", { params: { query: { limit: 1001 } } })).error);
results["400"] = { type: wrong.type, status: wrong.status, parameter: wrong.parameter };
const absent = have((await api.GET("/v1/components/{component}", { params: { path: { component: "no/such" } } })).error);
results["404"] = { type: absent.type, status: absent.status, parameter: absent.parameter };

// run makes a run and returns it once it has ended.
async function run(body: components["schemas"]["RunRequest"]): Promise<components["schemas"]["Run"]> {
  let made = have((await api.POST("/v1/operations", { body })).data);
  while (made.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, 20));
    made = have((await api.GET("/v1/operations/{run}", { params: { path: { run: made.id } } })).data);
  }
  return made;
}

const parkings = await run({ kind: "forget", prefix: "parking:" });
results["dry run"] = {
  dryRun: parkings.dryRun,
  state: parkings.state,
  components: parkings.counts.components,
  readings: parkings.counts.readings,
};
const newest = have(have((await api.GET("/v1/operations", { params: { query: { limit: 1 } } })).data).runs[0]);
const ended = have((await api.DELETE("/v1/operations/{run}", { params: { path: { run: newest.id } } })).data);
results["runs"] = { newest: newest.id === parkings.id, cancelled: ended.state };

const dataset = "wagon_telemetry";
const rejects = have((await api.GET("/v1/operations/rejects", { params: { query: { dataset } } })).data);
const group = have(rejects.groups[0]);
const { payload } = have(
  (await api.GET("/v1/operations/rejects/{reject}", { params: { path: { reject: group.example } } })).data,
);
results["rejects"] = { reason: group.reason, count: group.count, payload };
const replay = await run({ kind: "replay", dataset, reason: group.reason });
results["replay"] = { dryRun: replay.dryRun, records: replay.counts.records, rejected: replay.counts.rejected };

// pausedSince is when the dataset was paused, null where it is not.
const pausedSince = async (): Promise<string | null> =>
  have((await api.GET("/v1/datasets/{dataset}", { params: { path: { dataset } } })).data).pausedSince;
const kinds: string[] = [];
for (const kind of ["pause", "resume"] as const) {
  const made = await run({ kind, dataset, dryRun: false });
  while (((await pausedSince()) !== null) !== (kind === "pause")) {
    await new Promise((resolve) => setTimeout(resolve, 20)); // the catalogue may be some seconds old
  }
  kinds.push(made.kind);
}
results["pause"] = kinds;

const component = env("TWIN_FORGET");
const { cursor } = have((await api.GET("/v1/changes", { params: { query: { prefix: component } } })).data);
const forget = await run({ kind: "forget", component, dryRun: false });
const changes = have(
  (await api.GET("/v1/changes", { params: { query: { prefix: component, after: cursor, wait: 20 } } })).data,
);
const gone = have(changes.forgotten[0]);
results["follow"] = {
  forgotten: gone.component === component,
  dataset: gone.dataset,
  gap: changes.gap,
  changes: changes.changes.length,
  dryRun: forget.dryRun,
  status: (await api.GET("/v1/components/{component}", { params: { path: { component } } })).response.status,
};

process.stdout.write(JSON.stringify(results));
