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
    # A filter has a grammar; a box has corners in order; the log of the feed reaches back so far; some go with some forms only.
    ("GET /v1/components", "invalid-parameter"): {"filter", "bbox", "changedSince", "count"},
    ("GET /v1/components/{component}", "invalid-parameter"): {"fields"},
    ("GET /v1/readings", "invalid-parameter"): {"filter", "bbox", "changedSince", "count", "fields"},
    # Components times metrics is at most 1,000.
    ("POST /v1/readings:query", "invalid-body"): {None},
    # Which members a run has depends on its kind; names, prefixes and times have rules of their own.
    ("POST /v1/operations", "invalid-body"): {
        "component", "prefix", "dataset", "from", "to", "reason", "column", "limit", "rate", "sql",
    },
    # from is before to; a reason is one that rejects have; a column has a greatest length in bytes.
    ("GET /v1/operations/rejects", "invalid-parameter"): {"from", "reason", "column"},
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
    """Has lists begin at the beginning: any other cursor that is drawn belongs to no list."""
    schema["components"]["parameters"]["cursorQuery"]["schema"]["enum"] = [""]
