package flink

import (
	"context"
	"embed"
	"io/fs"

	"github.com/railtwin/digitaltwin/internal/jvm"
)

//go:embed harness/pom.xml harness/src
var harness embed.FS

// build compiles the harness unless that is done, and returns the class path.
func build() (string, error) {
	sources, err := fs.Sub(harness, "harness")
	if err != nil {
		return "", err
	}
	return jvm.Project{Name: "flink-oracle", Sources: sources}.Build(context.Background())
}
