"""What the OpenAPI document says in words only, for Schemathesis, which reads its schemas.

The check valid_request_accepted stands in the place of Schemathesis' own positive_data_acceptance: a request that is
valid by its schema is never refused with 400, but for the reasons below, which no schema can say.
"""

import schemathesis

# By operation and kind of problem: the parameters or members of the body that the problem may be about.
WORDS = {
    # A cursor belongs to its list with the same filters.
    ("GET /v1/components", "invalid-cursor"): {"cursor"},
    ("GET /v1/readings", "invalid-cursor"): {"cursor"},
    # A filter is a language. A box has its south below its north and no latitude beyond 90. A count, and where readings
    # come from, are not in every format. changedSince needs a change feed, whose log reaches back so far.
    ("GET /v1/components", "invalid-parameter"): {"filter", "bbox", "count", "changedSince"},
    ("GET /v1/components/{component}", "invalid-parameter"): {"fields"},
    ("GET /v1/readings", "invalid-parameter"): {"filter", "bbox", "count", "fields", "changedSince"},
    # Only a stream has a snapshot.
    ("GET /v1/changes", "invalid-parameter"): {"snapshot"},
    # Components times metrics is at most 1,000.
    ("POST /v1/readings:query", "invalid-body"): {None},
    # Which members a run has depends on its kind; names, prefixes and times have rules of their own.
    ("POST /v1/operations", "invalid-body"): {
        "component", "prefix", "dataset", "from", "to", "reason", "column", "like", "limit", "rate", "sql",
    },
    # from is before to; a reason is one that rejects have; a column and what a problem is like have a greatest length in bytes.
    ("GET /v1/operations/rejects", "invalid-parameter"): {"from", "reason", "column", "like"},
}


@schemathesis.check
def valid_request_accepted(ctx, response, case):
    if response.status_code != 400 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    problem = response.json()
    kind = problem["type"].removeprefix("urn:digital-twin:problem:")
    if problem.get("parameter") not in WORDS.get((case.operation.label, kind), ()):
        raise AssertionError(f"a valid request is refused: {problem}")


@schemathesis.hook
def before_load_schema(ctx, schema):
    """Has lists begin at the beginning, as any other cursor that is drawn belongs to no list."""
    parameters = schema["components"]["parameters"]
    parameters["cursorQuery"]["schema"]["enum"] = [""]
    parameters["afterQuery"]["schema"]["enum"] = [""]


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Has long polls answer at once: nothing changes while the calls are made."""
    if case.operation.label == "GET /v1/changes" and case.meta is not None and case.meta.generation.mode.is_positive:
        if case.query and "wait" in case.query:
            case.query["wait"] = 0


@schemathesis.deserializer("text/csv", "application/x-ndjson")
def text(ctx, response):
    return response.text
