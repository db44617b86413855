package rejects

import "testing"

func TestLike(t *testing.T) {
	for detail, want := range map[string]string{
		"":                              "",
		`"81,8" does not fit DOUBLE`:    `"…" does not fit DOUBLE`,
		`"a \" b" does not fit DOUBLE`:  `"…" does not fit DOUBLE`,
		"1e400 does not fit INT":        "… does not fit INT",
		`"cut off`:                      `"…"`,
		`"cut off \`:                    `"…"`,
		"speed of wagon:1: it is late":  "speed of …: it is late",
		"true does not fit DOUBLE":      "true does not fit DOUBLE",
		"it has 3 rows, more than (2).": "it has … rows, more than (…).",
	} {
		if got := Like(detail); got != want {
			t.Errorf("%q is like %q, want %q", detail, got, want)
		}
	}
}

// What is like a sentence is like itself, so that a list and a run that is asked for by it mean the same rejects.
func FuzzLike(f *testing.F) {
	f.Add(`"81,8" does not fit DOUBLE, 1`)
	f.Add(`a1"b`)
	f.Add("1.\u20262:")
	f.Fuzz(func(t *testing.T, detail string) {
		like := Like(detail)
		if again := Like(like); again != like {
			t.Errorf("%q: %q, and that %q", detail, like, again)
		}
	})
}
