// Package api is the read API: all of /v1 as one plain [http.Handler] over a [Reader].
//
// [New] makes the handler from a [Config]. The cloud function and local mode mount the same one. What a
// caller may read is an [access.Readable]; what may not be read looks as if it did not exist, in bodies, cursors,
// counts and problems alike. openapi.json beside this file describes the API to its consumers; it is served at
// /v1/openapi.json, and a test holds it and the running handler against each other.
//
// The way of a request: routes.go finds the endpoint and the names in the path, query.go reads the query string, the
// endpoint (components.go, readings.go, matrix.go, datasets.go, openapi.go) looks up what the caller may see
// (lookup.go, access.go, listing.go, catalogue.go) and appends the body (body.go, page.go, cursor.go), respond.go sends
// it or the problem (problem.go) that came instead.
//
// A parameter of a query string is one row of the table in parameters.go: what it does to lists, cursors, links to next
// pages and the OpenAPI document follows from it.
//
// Caveats:
//   - Do not mount the handler below an [http.ServeMux]: that redirects paths with // or .. in them, which
//     may be part of a name.
//   - Nothing in a body depends on the clock, so that its hash can be its ETag.
//   - A body has at most 4 MiB, because the answer of a Lambda function has at most 6 MB and may be in base64.
package api
