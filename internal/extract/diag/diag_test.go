package diag

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Ensure that places count characters, not bytes, that tabs move the caret, and that a place behind
// the end is the end.
func TestAt(t *testing.T) {
	s := Source{Name: "a.sql", Text: "one\r\n\tzwö x\nlast"}
	for _, tt := range []struct {
		pos, end, line, column, width int
	}{
		{0, 3, 1, 1, 3}, {6, 10, 2, 2, 3}, {11, 12, 2, 6, 1}, {13, 400, 3, 1, 4}, {400, 500, 3, 5, 1}, {-3, -1, 1, 1, 1},
	} {
		d := s.At(tt.pos, tt.end, Rejected, "m", "")
		if d.Line != tt.line || d.Column != tt.column || d.Width != tt.width {
			t.Errorf("bytes %d to %d are at %d:%d, %d wide; want %d:%d, %d", tt.pos, tt.end, d.Line, d.Column, d.Width, tt.line,
				tt.column, tt.width)
		}
	}
}

func ExampleDiagnostic_String() {
	s := Source{Name: "wagon.sql", Text: "SELECT sped FROM t"}
	fmt.Println(s.At(7, 11, Rejected, "there is no column sped here", "did you mean speed?"))
	// Output:
	// wagon.sql:1:8: rejected: there is no column sped here
	//   SELECT sped FROM t
	//          ^^^^
	//   did you mean speed?
}

// Ensure that a long line is cut around the caret, which stands below what is wrong.
func TestString_LongLine(t *testing.T) {
	for _, at := range []int{0, 5, 150, 395} {
		text := strings.Repeat("ä", at) + "WRONG" + strings.Repeat("b", 395-at)
		s := Source{Name: "x.sql", Text: text}
		pos := 2 * at
		lines := strings.Split(s.At(pos, pos+5, Rejected, "m", "").String(), "\n")
		line, caret := []rune(lines[1]), []rune(lines[2])
		from := slices.Index(caret, '^')
		if got := string(line[from:len(caret)]); got != "WRONG" || len(line) > maxExcerpt+6 {
			t.Errorf("%d: %q of %d characters is marked in\n%s", at, got, len(line), strings.Join(lines, "\n"))
		}
	}
}
