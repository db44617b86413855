package jvm

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Ensure that a program keeps its temporary files where it is told, and leaves none in the system's folder.
func TestProgram(t *testing.T) {
	args := Program{ClassPath: "a.jar", Main: "b.Main", Temp: "/run/1", Options: []string{"-Xmx1g"},
		Args: []string{"c"}}.Command().Args
	for _, want := range []string{"-Djava.io.tmpdir=/run/1", "-XX:-UsePerfData", "-Xmx1g"} {
		if i := slices.Index(args, want); i < 0 || i > slices.Index(args, "-cp") {
			t.Errorf("%s is no option of the JVM: %q", want, args)
		}
	}
	if got := strings.Join(args[len(args)-4:], " "); got != "-cp a.jar b.Main c" {
		t.Errorf("it ends with %q", got)
	}
}

// Ensure that a missing or too old tool is named.
func TestAvailable(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-ins for Java and Maven are shell scripts")
	}
	install := func(bin, name, says string) {
		t.Helper()
		script := "#!/bin/sh\necho '" + says + "' >&2\n"
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct{ java, mvn, want string }{
		{`openjdk version "17.0.15" 2025-04-15`, "yes", ""},
		{`openjdk version "21" 2023-09-19`, "yes", ""},
		{`openjdk version "17.0.15" 2025-04-15`, "", "mvn is missing"},
		{"", "yes", "java is missing"},
		{`openjdk version "11.0.2" 2019-01-15`, "yes", "java is Java 11"},
		{`java version "1.8.0_292"`, "yes", "java is Java 8"},
		{"no such thing", "yes", "java -version does not tell its version"},
	} {
		bin := t.TempDir()
		t.Setenv("PATH", bin)
		if tc.java != "" {
			install(bin, "java", tc.java)
		}
		if tc.mvn != "" {
			install(bin, "mvn", tc.mvn)
		}
		got := ""
		if err := Available(); err != nil {
			got = err.Error()
		}
		if !strings.HasSuffix(got, tc.want) || (tc.want == "") != (got == "") {
			t.Errorf("%q, want %q", got, tc.want)
		}
		if tc.want != "" && !strings.HasPrefix(got, "it needs java (17 or later) and mvn on the PATH: ") {
			t.Errorf("%q", got)
		}
	}
}
