// Package jvm builds the Java programs of this project with Maven, each once: the classes lie in the
// user's cache directory, under the hash of their sources.
package jvm

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// minJava is the oldest Java that Flink is run on here, and that the sources are compiled for.
const minJava = 17

// ErrUnavailable says that something which a build or a run needs cannot be had on this machine: Java, Maven, or what
// Maven has to fetch from Maven Central. It is never a mistake in the sources.
var ErrUnavailable = fmt.Errorf("it needs java (%d or later) and mvn on the PATH", minJava)

// Project is a Maven project.
type Project struct {
	Name    string // of its folder in the cache
	Sources fs.FS  // with pom.xml at the root
	Profile string // of the pom; "" for none
}

// Build compiles the project, unless that is done, and returns the class path of its classes and
// everything that it depends on. It asks Maven Central only for what Maven has not fetched before.
func (p Project) Build(ctx context.Context) (classPath string, err error) {
	if err := Available(); err != nil {
		return "", err
	}
	dir, err := p.cached()
	if err != nil {
		return "", err
	}
	if cp, ok := readClassPath(dir); ok {
		return cp, nil
	}
	// Several processes may come here at once: each builds in a directory of its own, and the first
	// rename wins.
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), "build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	if err := p.Run(ctx, work, "compile", "org.apache.maven.plugins:maven-dependency-plugin:build-classpath",
		"-Dmdep.outputFile=classpath.txt"); err != nil {
		if failed, ok := errors.AsType[*BuildError](err); ok {
			log := filepath.Join(filepath.Dir(dir), "maven.log")
			return "", errors.Join(fmt.Errorf("%w (all that it said is in %s)", err, log),
				os.WriteFile(log, failed.Output, 0o644))
		}
		return "", err
	}
	if err := os.Rename(work, dir); err != nil {
		if _, ok := readClassPath(dir); !ok {
			return "", err
		}
	}
	cp, ok := readClassPath(dir)
	if !ok {
		return "", fmt.Errorf("jvm: %s holds no class path after the build", dir)
	}
	return cp, nil
}

// Built tells that Build has nothing to do.
func (p Project) Built() bool {
	dir, err := p.cached()
	if err != nil {
		return false
	}
	_, ok := readClassPath(dir)
	return ok
}

// cached returns the folder of the built project.
func (p Project) cached() (string, error) {
	sum, err := hash(p.Sources)
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "digitaltwin", p.Name, sum), nil
}

// quick are options of Maven's JVM, which ends before its optimising compiler and its parallel collector pay: with them
// a build takes half of the CPU time. Maven reads them beside its MAVEN_OPTS.
const quick = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData\n"

// Run writes the project into the folder dir and runs Maven there, until ctx ends. The error is a [*BuildError]
// where Maven fails.
func (p Project) Run(ctx context.Context, dir string, goals ...string) error {
	if err := Available(); err != nil {
		return err
	}
	if err := os.CopyFS(dir, p.Sources); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, ".mvn"), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, ".mvn", "jvm.config"), []byte(quick), 0o644); err != nil {
		return err
	}
	if p.Profile != "" {
		goals = append([]string{"-P", p.Profile}, goals...)
	}
	goals = append([]string{"-q", "-B"}, goals...)
	// First without the network, for most of the time everything is there.
	var out []byte
	var err error
	for _, args := range [][]string{append([]string{"-o"}, goals...), goals} {
		cmd := exec.CommandContext(ctx, "mvn", args...)
		cmd.Dir = dir
		if out, err = cmd.CombinedOutput(); err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return &BuildError{Project: p.Name, Output: out, Err: err}
}

// readClassPath reads the class path of a finished build; ok is false when jars are gone.
func readClassPath(dir string) (cp string, ok bool) {
	b, err := os.ReadFile(filepath.Join(dir, "classpath.txt"))
	if err != nil {
		return "", false
	}
	jars := strings.TrimSpace(string(b))
	for _, jar := range filepath.SplitList(jars) {
		if _, err := os.Stat(jar); err != nil {
			return "", false
		}
	}
	return filepath.Join(dir, "target", "classes") + string(filepath.ListSeparator) + jars, true
}

// hash returns the hash of all file names and contents.
func hash(files fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		fmt.Fprintf(h, "%s %d\n%s", path, len(b), b)
		return err
	})
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), err
}
