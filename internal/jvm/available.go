package jvm

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
)

// Available returns nil where Java and Maven are installed and Java is new enough, else an [ErrUnavailable] that says
// what is missing.
func Available() error {
	for _, tool := range []string{"java", "mvn"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			return fmt.Errorf("%w: %s is missing", ErrUnavailable, tool)
		}
		if tool != "java" {
			continue
		}
		switch version := versionOf(path); {
		case version == 0:
			return fmt.Errorf("%w: %s -version does not tell its version", ErrUnavailable, path)
		case version < minJava:
			return fmt.Errorf("%w: %s is Java %d", ErrUnavailable, path, version)
		}
	}
	return nil
}

var (
	versions    sync.Map                                       // by path of java: its version, an int
	versionText = regexp.MustCompile(`version "(?:1\.)?(\d+)`) // "17.0.15", and "1.8.0_292" of Java 8
)

// versionOf asks a java for its major version, once; it is 0 where the answer is none.
func versionOf(java string) int {
	if v, ok := versions.Load(java); ok {
		return v.(int)
	}
	version := 0
	if out, err := exec.Command(java, "-version").CombinedOutput(); err == nil {
		if m := versionText.FindSubmatch(out); m != nil {
			version, _ = strconv.Atoi(string(m[1]))
		}
	}
	versions.Store(java, version)
	return version
}
