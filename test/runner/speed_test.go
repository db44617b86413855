package runner_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	extractflink "github.com/railtwin/digitaltwin/functions/extract-flink"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/fleet"
	"github.com/railtwin/digitaltwin/internal/jvm"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// turn is what an engine did in one turn.
type turn struct{ Records, Rows, Seconds, CPU float64 }

// The times are of CPU, so that a busy machine neither cuts the warm-up short nor the turns. Many short turns
// let some of them be undisturbed.
const (
	warmUp   = 30 * time.Second
	turnTime = 400 * time.Millisecond
	turns    = 30
)

// piece is how long an engine runs at once, by the clock.
const piece = 200 * time.Millisecond

// BenchmarkEngines lets both engines run the same file over the same records in turns, pinned to one and
// the same core: records from memory, changes written as the twin stream has them, with their partition
// keys, and thrown away. Both say nothing of where a record comes from, which Flink cannot know. Of each engine
// the best turn counts, by records per second of CPU, which other programs of the machine disturb least. Beside
// that it shows the Go engine with the origin of each record, as functions/extract writes it, and without the
// writing, for its rows are bytes already. Run it with
//
//	go test -run xxx -bench Engines -benchtime 1x ./test/runner
func BenchmarkEngines(b *testing.B) {
	classPath, err := jvm.Project{Name: "extract-flink-bench", Sources: extractflink.Sources,
		Profile: "bench"}.Build(b.Context())
	skipWithoutJava(b, err)
	pin(b)
	for _, dataset := range []string{"wagon_telemetry", "hsl_hfp"} {
		b.Run(dataset, func(b *testing.B) {
			e, p := compiled(b, dataset)
			records := recordsOf(dataset)
			f := startFlink(b, classPath, e, records)
			g := newGoEngine(p, records)
			flinkPiece, goPiece := func() turn { return f.run(b, piece) }, func() turn { return g.run(piece) }
			take(warmUp, flinkPiece)
			take(turnTime, goPiece)
			var ofFlink, ofGo, withOrigin, rowsOnly turn
			for range turns {
				ofFlink, ofGo = better(ofFlink, take(turnTime, flinkPiece)), better(ofGo, take(turnTime, goPiece))
				g.origin = true
				withOrigin = better(withOrigin, take(turnTime, goPiece))
				g.origin, g.pack = false, false
				rowsOnly = better(rowsOnly, take(turnTime, goPiece))
				g.pack = true
			}
			b.Logf("of %d turns of %s of CPU each, after a warm-up of %s of CPU, the best: Flink %s; Go %s", turns, turnTime,
				warmUp, ofFlink, ofGo)
			if x, y := ofFlink.Rows/ofFlink.Records, ofGo.Rows/ofGo.Records; x < 0.97*y || x > 1.03*y {
				b.Errorf("%.2f rows a record on Flink, %.2f on the Go engine: not the same work", x, y)
			}
			b.ReportMetric(ofGo.rate(), "go-records/cpu-s")
			b.ReportMetric(ofFlink.rate(), "flink-records/cpu-s")
			b.ReportMetric(withOrigin.rate(), "go-with-origin-records/cpu-s")
			b.ReportMetric(rowsOnly.rate(), "go-rows-only-records/cpu-s")
			b.ReportMetric(ofGo.rate()/ofFlink.rate(), "ratio")
			b.ReportMetric(withOrigin.rate()/ofFlink.rate(), "ratio-with-origin")
			b.ReportMetric(rowsOnly.rate()/ofFlink.rate(), "ratio-rows-only")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// take runs pieces until they have taken as much CPU.
func take(cpu time.Duration, run func() turn) (t turn) {
	for t.CPU < cpu.Seconds() {
		p := run()
		t.Records, t.Rows, t.Seconds, t.CPU = t.Records+p.Records, t.Rows+p.Rows, t.Seconds+p.Seconds, t.CPU+p.CPU
	}
	return t
}

func (t turn) rate() float64 { return t.Records / t.CPU }

func (t turn) String() string {
	return fmt.Sprintf("%.0f records per second of CPU, %.0f by the clock, %.1f rows a record", t.rate(),
		t.Records/t.Seconds, t.Rows/t.Records)
}

func better(a, b turn) turn {
	if a.CPU == 0 || b.rate() > a.rate() {
		return b
	}
	return a
}

// pin keeps this process, and what it starts, on one core, where the system has a command for it.
func pin(b *testing.B) {
	was := runtime.GOMAXPROCS(1)
	b.Cleanup(func() { runtime.GOMAXPROCS(was) })
	out, err := exec.Command("taskset", "-a", "-c", "-p", "0", strconv.Itoa(os.Getpid())).CombinedOutput()
	if err != nil {
		b.Logf("not pinned to one core: %v %s", err, bytes.TrimSpace(out))
	}
}

// recordsOf returns the HSL capture, or two minutes of forty generated wagons.
func recordsOf(dataset string) (records [][]byte) {
	if dataset != "wagon_telemetry" {
		return extractors.Records(dataset)
	}
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	f := fleet.New(1, 40, start)
	f.Advance(start.Add(2*time.Minute), func(_ string, r []byte) { records = append(records, bytes.Clone(r)) })
	return records
}

// goEngine runs an extractor on the Go engine, and packs its changes as functions/extract does.
type goEngine struct {
	program *extract.Program
	records [][]byte
	out     *extract.Output
	packer  *stream.Packer
	pack    bool // and does not stop at the rows
	origin  bool // and says where a record comes from
}

// batch is how many records are packed together, the default of an invocation.
const batch = 500

func newGoEngine(p *extract.Program, records [][]byte) *goEngine {
	return &goEngine{program: p, records: records, out: p.NewOutput(), packer: stream.NewPacker(p.Dataset(), 0),
		pack: true}
}

func (g *goEngine) run(d time.Duration) (t turn) {
	start, cpu := time.Now(), cpuTime()
	for time.Since(start) < d {
		for i, r := range g.records {
			if i%batch == 0 {
				g.packer.Reset()
			}
			if g.origin {
				g.packer.From(i, twin.Millis(1795428931007+i), twin.Position{
					Stream: "source", Shard: "shardId-000000000000",
					Sequence: "49590338271490256608559692538361571095921575989136588898",
				})
			} else {
				g.packer.From(i, 0, twin.Position{})
			}
			g.program.Run(r, g.out)
			for i := range g.out.Rows {
				if !g.pack {
					break
				}
				if err := g.packer.Add(&g.out.Rows[i]); err != nil {
					panic(err) // no change is larger than a record
				}
			}
			t.Rows += float64(len(g.out.Rows))
		}
		t.Records += float64(len(g.records))
	}
	t.Seconds, t.CPU = time.Since(start).Seconds(), (cpuTime() - cpu).Seconds()
	return t
}

// cpuTime returns the CPU time of this process.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// flinkEngine is a JVM that runs an extractor in turns.
type flinkEngine struct {
	in  io.Writer
	out *bufio.Reader
}

func startFlink(b *testing.B, classPath string, e extractors.Extractor, records [][]byte) *flinkEngine {
	dir := b.TempDir()
	groups := fmt.Sprintf(`[{"PropertyGroupId":"twin","PropertyMap":{"dataset":%q}},
		{"PropertyGroupId":"table.%[1]s","PropertyMap":{"stream.arn":"none"}},{"PropertyGroupId":"table.digitaltwin","PropertyMap":{"stream.arn":"none"}}]`, e.Name)
	var args []string
	for name, data := range map[string][]byte{"1.json": []byte(groups), "2.sql": e.SQL,
		"3.ndjson": bytes.Join(records, []byte("\n"))} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for _, name := range []string{"1.json", "2.sql", "3.ndjson"} {
		args = append(args, filepath.Join(dir, name))
	}
	options := []string{"-Xms2g", "-Xmx2g", "-XX:+UseSerialGC"}
	cmd := jvm.Program{ClassPath: classPath, Main: "digitaltwin.bench.Main", Temp: dir, Options: options,
		Args: args}.Command()
	var stderr jvm.Tail
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); cmd.Wait() })
	f := &flinkEngine{in, bufio.NewReader(out)}
	configuration, err := f.out.ReadString('\n')
	if err != nil {
		b.Fatalf("%v\n%s", err, &stderr)
	}
	b.Logf("%d records of %d bytes on average; JVM %v; %s", len(records), len(bytes.Join(records, nil))/len(records),
		options, configuration)
	return f
}

func (f *flinkEngine) run(b *testing.B, d time.Duration) (t turn) {
	fmt.Fprintln(f.in, d.Milliseconds())
	line, err := f.out.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &t)
	}
	if err != nil {
		b.Fatal(err)
	}
	return t
}
