// Makes the twelve calls with openapi-fetch and the types that openapi-typescript generated, and prints what came.
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

process.stdout.write(JSON.stringify(results));
