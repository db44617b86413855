package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/railtwin/digitaltwin/internal/local"
)

// terminal understands what a screen writes: text, "to the begin of the line so many lines up" and "erase below".
type terminal struct {
	output
	width, height int
}

func (m *terminal) size() (int, int, error) { return m.width, m.height, nil }

// lines returns what stands on an endless terminal now.
func (m *terminal) lines(t *testing.T) []string {
	t.Helper()
	lines := []string{""}
	for _, part := range regexp.MustCompile("\r\x1b\\[\\d+A\x1b\\[J|\n|[^\r\x1b\n]+").FindAllString(m.String(), -1) {
		switch {
		case part == "\n":
			lines = append(lines, "")
		case part[0] == '\r':
			up, err := strconv.Atoi(strings.TrimSuffix(part[3:], "A\x1b[J"))
			if err != nil || up >= len(lines) {
				t.Fatalf("erasing %q from %q", part, lines)
			}
			lines = append(lines[:len(lines)-1-up], "")
		default:
			lines[len(lines)-1] += part
		}
	}
	return lines
}

// Ensure that a table is drawn in the place of the one before it, that what is logged stands above it, and
// that it fits the terminal, without which it could not be erased.
func TestScreen_Terminal(t *testing.T) {
	m := &terminal{width: 10, height: 4}
	s := &screen{out: m, size: m.size}
	s.draw("A\n1\n")
	s.draw("A\n2\n")
	fmt.Fprintln(s.above(m), "logged")
	s.draw("A\n3\n")
	if got := strings.Join(m.lines(t), "|"); got != "logged|A|3|" {
		t.Errorf("on the terminal stands %q", got)
	}
	s.draw("äöüäöüäöüäöü\n2\n3\n4\n5\n")
	if got := strings.Join(m.lines(t), "|"); got != "logged|äöüäöüäöü|2|3|" {
		t.Errorf("on the terminal stands %q", got)
	}
}

// Ensure that a terminal shows a table that is kept up to date, and anything else a line now and then
// and the table at the end.
func TestScreen_Show(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var records atomic.Int64
		status := func() []local.Status {
			return []local.Status{{Dataset: "boxes", Readings: 3, Tally: local.Tally{
				Records: records.Load(), Applied: 1234567, Late: 1, Superseded: 4, Same: 5, Rejected: 2, Nothing: 6}}}
		}
		m := &terminal{width: 100, height: 24}
		var file output
		stopTerminal := (&screen{out: m, size: m.size}).show(status)
		stopFile := (&screen{out: &file}).show(status)
		time.Sleep(500 * time.Millisecond) // records come between the ticks
		for range 65 {
			records.Add(12)
			time.Sleep(time.Second)
		}
		synctest.Wait()
		lines := m.lines(t)
		if len(lines) != 3 ||
			!regexp.MustCompile(`^boxes +12 +3  1,234,567     1           4     5        2        6$`).MatchString(lines[1]) {
			t.Errorf("on the terminal stands %q", lines)
		}
		const line = "12 records/s, 3 readings of 1 dataset, changes: 1,234,567 applied, 1 late, 4 superseded, 5 same; " +
			"2 rejects, 6 records gave nothing\n"
		if got := strings.Count(file.String(), line); got != 3 {
			t.Errorf("the file holds\n%s", &file)
		}
		stopTerminal()
		stopFile()
		if !strings.HasSuffix(file.String(), lines[0]+"\n"+lines[1]+"\n") {
			t.Errorf("the file ends\n%s", &file)
		}
	})
}

// Ensure that a job on Flink that has failed is named with its cause, on a terminal and in a file.
func TestScreen_Failed(t *testing.T) {
	all := []local.Status{{Dataset: "boxes"},
		{Dataset: "wagons", Failed: "wagons.sql:7:55: Column 'x' not found in any table"}}
	idle := func(string) float64 { return 0 }
	const want = "wagons failed on Flink: wagons.sql:7:55: Column 'x' not found in any table\n"
	if got := table(all, idle); !strings.HasSuffix(got, "0\n"+want) {
		t.Errorf("the table is\n%s", got)
	}
	if got := summary(all, idle) + "\n"; !strings.HasSuffix(got, " records gave nothing; "+want) {
		t.Errorf("the line is %q", got)
	}
}

// Ensure that ages and numbers are written so that one can read them at a glance.
func TestWording(t *testing.T) {
	for d, want := range map[time.Duration]string{
		420 * time.Millisecond: "420 ms", 119 * time.Second: "119 s", 2 * time.Minute: "2 min", 119 * time.Minute: "119 min",
		47 * time.Hour: "47 h", 49 * time.Hour: "2 d", -3 * time.Second: "-3 s",
	} {
		if got := age(d); got != want {
			t.Errorf("age(%s) = %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %q, want %q", n, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0", 0.2: "0.2", 9.96: "10.0", 12.5: "13"} {
		if got := rate(v); got != want {
			t.Errorf("rate(%g) = %q, want %q", v, got, want)
		}
	}
}
