package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// lines is what go test -json writes of two packages: one with a failure, a skip and tests inside others, and one that
// passes; and of one that does not build.
const lines = `
{"Action":"start","Package":"m/a"}
{"Action":"run","Package":"m/a","Test":"TestBad"}
{"Action":"output","Package":"m/a","Test":"TestBad","Output":"    a_test.go:5: got 1, want 2\n"}
{"Action":"output","Package":"m/b","Test":"TestGood","Output":"    b_test.go:7: not shown\n"}
{"Action":"fail","Package":"m/a","Test":"TestBad","Elapsed":0.5}
{"Action":"output","Package":"m/a","Test":"TestJava","Output":"=== RUN   TestJava\n"}
{"Action":"output","Package":"m/a","Test":"TestJava","Output":"    a_test.go:9: tier Flink: java is missing\n"}
{"Action":"output","Package":"m/a","Test":"TestJava","Output":"--- SKIP: TestJava (0.00s)\n"}
{"Action":"skip","Package":"m/a","Test":"TestJava","Elapsed":0}
{"Action":"pass","Package":"m/b","Test":"TestGood/inner","Elapsed":8}
{"Action":"pass","Package":"m/b","Test":"TestGood","Elapsed":9}
{"Action":"output","Package":"m/b","Output":"summary: zero differences\n"}
{"Action":"output","Package":"m/b","Test":"TestGood","Output":"    b_test.go:8: summary: 3 s\n"}
{"Action":"output","Package":"m/b","Output":"ok  \tm/b\t(cached)\n"}
{"Action":"pass","Package":"m/b","Elapsed":9.5}
{"Action":"output","Package":"m/a","Output":"FAIL\n"}
{"Action":"fail","Package":"m/a","Elapsed":0.6}
{"Action":"skip","Package":"m/none","Elapsed":0}
{"ImportPath":"m/c [m/c.test]","Action":"build-output","Output":"c.go:3: undefined: x\n"}
{"ImportPath":"m/c [m/c.test]","Action":"build-fail"}
{"Action":"fail","Package":"m/c","Elapsed":0,"FailedBuild":"m/c [m/c.test]"}
go: no such tool
`

func read(t *testing.T, text string) (*report, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	r := newReport(&out)
	if err := r.read(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return r, &out
}

// Ensure that packages are listed, and that all that a failed test or build says is shown, and nothing of others.
func TestReport(t *testing.T) {
	r, out := read(t, strings.TrimPrefix(lines, "\n"))
	want := `    a_test.go:5: got 1, want 2
ok (cached) m/b 9.5s
FAIL
FAIL m/a 0.6s
c.go:3: undefined: x
FAIL m/c 0.0s
go: no such tool
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	if r.packages != 3 || r.tests != 4 || r.failed != 3 || len(r.skipped) != 1 {
		t.Errorf("%d packages, %d tests, %d failed, skipped %v", r.packages, r.tests, r.failed, r.skipped)
	}
}

// Ensure that the end says why tests were skipped, what tests have to say, and which took longest by themselves.
func TestConclude(t *testing.T) {
	r, out := read(t, strings.TrimPrefix(lines, "\n"))
	for range 4 {
		r.skipped = append(r.skipped, ended{name: "m/d TestNode", reason: "tier CDK: it needs Node.js"})
	}
	r.skipped = append(r.skipped, ended{reason: "tier race: it needs a C compiler"})
	out.Reset()
	r.conclude(2)
	want := `skipped: tier Flink: java is missing
    m/a TestJava
skipped: tier CDK: it needs Node.js
    m/d TestNode
    m/d TestNode
    m/d TestNode
    and 1 more
skipped: tier race: it needs a C compiler
zero differences
3 s
slowest tests:
     8.0 s  m/b TestGood/inner
     1.0 s  m/b TestGood
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

// Ensure that the CPU time of the run is told, and which share it is of what the cores could give.
func TestPrintSpent(t *testing.T) {
	var out bytes.Buffer
	r := newReport(&out)
	r.spend(false, 90*time.Second)
	r.spend(true, 30*time.Second)
	r.printSpent(80*time.Second, 2)
	if want := "CPU time: 2m0s, of which 30s with the race detector; 75 % of 2 cores\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
