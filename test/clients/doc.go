// Package clients uses a running twin as its consumers do: "twin up --auth" in a process of its own, with the
// captures of the extractors sent once.
//
// Three generators make a client of the OpenAPI document that it serves, for Go, Python and TypeScript; each client
// is compiled and makes the same calls. Schemathesis draws requests from the document and holds the answers
// against it. The examples of docs/api.md, docs/grafana.md and docs/qgis.md are run as they stand there. The tools
// are pinned in testdata and kept in the user's cache folder; what they generate is never committed.
package clients
