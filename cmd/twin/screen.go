package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/railtwin/digitaltwin/internal/local"
)

// screen shows how the datasets are doing: a table that is drawn again in place on a terminal, and a
// line now and then elsewhere.
type screen struct {
	out  io.Writer
	size func() (width, height int, err error) // of the terminal; nil where out is none

	mu    sync.Mutex
	drawn string // what stands at the bottom of the terminal
}

const (
	drawEvery = time.Second
	lineEvery = 30 * drawEvery
	firstLine = 5 * drawEvery
	rateOver  = 5 // draws
)

func newScreen(out io.Writer) *screen {
	s := &screen{out: out}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		s.size = func() (int, int, error) { return term.GetSize(int(f.Fd())) }
	}
	return s
}

// show shows the status until stop is called, which shows it a last time.
func (s *screen) show(status func() []local.Status) (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(drawEvery)
		defer tick.Stop()
		var rates rates
		for n := 1; ; n++ {
			select {
			case <-end:
				s.draw(table(status(), rates.perSecond))
				return
			case now := <-tick.C:
				all := status()
				rates.add(now, all)
				switch {
				case s.size != nil:
					s.draw(table(all, rates.perSecond))
				case time.Duration(n)*drawEvery == firstLine || time.Duration(n)*drawEvery%lineEvery == 0:
					fmt.Fprintln(s.out, now.Format(time.TimeOnly), summary(all, rates.perSecond))
				}
			}
		}
	}()
	return func() {
		close(end)
		<-ended
	}
}

// draw puts text to the bottom of the terminal in the place of what was drawn there.
func (s *screen) draw(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size != nil {
		text = s.fit(text)
	}
	io.WriteString(s.out, s.erase()+text)
	s.drawn = text
}

// erase returns what removes the drawn text from a terminal.
func (s *screen) erase() string {
	lines := strings.Count(s.drawn, "\n")
	if s.size == nil || lines == 0 {
		return ""
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", lines) // \r for the ^C that a terminal shows
}

// fit cuts text to the size of the terminal: a line that wraps, or scrolls away, could not be erased.
func (s *screen) fit(text string) string {
	width, height, err := s.size()
	if err != nil {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	lines = lines[:min(len(lines), max(height-1, 1))]
	for i, line := range lines {
		if r := []rune(line); len(r) > width {
			lines[i] = string(r[:width-1]) + "\n"
		}
	}
	return strings.Join(lines, "")
}

// above returns a writer to w whose lines stand above the drawn table.
func (s *screen) above(w io.Writer) io.Writer { return aboveWriter{s, w} }

type aboveWriter struct {
	*screen
	w io.Writer
}

func (a aboveWriter) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	io.WriteString(a.out, a.erase())
	n, err := a.w.Write(p)
	if a.size != nil {
		io.WriteString(a.out, a.drawn)
	}
	return n, err
}
