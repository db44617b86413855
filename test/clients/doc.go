// Package clients uses a twin that runs as its consumers do: "twin up --auth" in a process of its own, with the captures
// of the extractors sent once.
//
// Three generators make a client of the OpenAPI document that it serves, for Go, Python and TypeScript; each is compiled
// and makes the same twelve calls. Schemathesis makes requests of the document and holds the answers against it. The
// examples of docs/api.md and docs/grafana.md are run as they stand there. The tools are pinned in testdata and kept in
// the user's cache folder; what they generate is never committed.
package clients
