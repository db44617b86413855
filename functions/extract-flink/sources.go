// Package extractflink holds the sources of the runner of extractors on Apache Flink, a Maven project.
// pom.xml says how it is built.
package extractflink

import "embed"

// Sources are the Maven project.
//
//go:embed pom.xml src
var Sources embed.FS
