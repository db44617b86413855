package main

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// everyCommand calls f with the command twin and each below it.
func everyCommand(f func(*cobra.Command)) {
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		f(cmd)
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(newRoot(console{strings.NewReader(""), io.Discard, io.Discard}))
}

// Ensure that the help of each command says what it is for, and shows each of its flags with its default.
func TestHelp(t *testing.T) {
	n := 0
	everyCommand(func(cmd *cobra.Command) {
		n++
		path := strings.Fields(cmd.CommandPath())[1:]
		status, stdout, stderr := twin(t, append([]string{"help"}, path...)...)
		if status != exitOK || stderr != "" || cmd.Short == "" || len(path) > 0 && cmd.Long == "" {
			t.Errorf("help %v: %d %s, %q", path, status, stderr, cmd.Short)
		}
		if _, dashed, _ := twin(t, append(path, "--help")...); dashed != stdout {
			t.Errorf("%v --help shows\n%s\nand help\n%s", path, dashed, stdout)
		}
		if len(path) == 0 {
			return
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(stdout, "--"+f.Name) || f.Usage == "" {
				t.Errorf("help %v does not explain --%s", path, f.Name)
			}
		})
	})
	if n < 5 {
		t.Errorf("%d commands", n)
	}
}

// Ensure that what was meant is said for a misspelt command and flag, and that wrong usage has a status of its own.
func TestUsage(t *testing.T) {
	for _, tc := range []struct{ args, want string }{
		{"chek", `twin: unknown command "chek". Did you mean check?`},
		{"gte box:1", `twin: unknown command "gte". Did you mean get?`},
		{"deploy", `twin: unknown command "deploy"` + "\n"},
		{"help chek", `twin help: unknown command "chek". Did you mean check?`},
		{"check --wach x.sql", "twin check: unknown flag --wach. Did you mean --watch?"},
		{"check -json x.sql", "twin check: unknown flag -json. Did you mean --json?"},
		{"check -x x.sql", "twin check: unknown flag -x\n"},
		{"check --colour x.sql", "twin check: unknown flag --colour\n"},
		{"get --url", "twin get: --url needs a value"},
		{"get box:1 --json=maybe", `twin get: invalid value "maybe" for --json`},
		{"up --wagons=1.5", `twin up: invalid value "1.5" for --wagons: it must be an integer`},
		{"up --cors localhost", `twin up: invalid value "localhost" for --cors: it must be an origin`},
		{"up --cors http://localhost:3000/", `without a path or a / at its end`},
		{"get a b c", `unexpected argument "c"`},
	} {
		status, stdout, stderr := twin(t, strings.Fields(tc.args)...)
		if status != exitUsage || stdout != "" || !strings.Contains(stderr, tc.want) ||
			!regexp.MustCompile(`(?m)^usage: twin .*\nrun 'twin help.*' for more$`).MatchString(stderr) {
			t.Errorf("twin %s: %d %q %q, want %q", tc.args, status, stdout, stderr, tc.want)
		}
	}
	if status, stdout, stderr := twin(t); status != exitUsage || stdout != "" || !strings.Contains(stderr, "  check ") {
		t.Errorf("twin: %d %q %q", status, stdout, stderr)
	}
}

// Ensure that the version names the toolchain, and that there is a completion for the usual shells, of flags and of
// their values.
func TestVersionAndCompletion(t *testing.T) {
	if status, stdout, _ := twin(t, "--version"); status != exitOK ||
		!regexp.MustCompile(`^twin version \S+.*, go1\.\S+ \w+/\w+\n$`).MatchString(stdout) {
		t.Errorf("%d %q", status, stdout)
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		status, stdout, stderr := twin(t, "completion", shell)
		if status != exitOK || !strings.Contains(stdout, "twin") || stderr != "" {
			t.Errorf("%s: %d %.100q %s", shell, status, stdout, stderr)
		}
	}
	for args, want := range map[string]string{
		"__complete ch":                "check\t",
		"__complete check --fr":        "--framing\t",
		"__complete check --framing |": "lines\nplain\ngzip\n:4",
		"__complete get |":             ":4",
		"__complete up --ext":          "--extractors\t",
	} {
		fields := strings.Fields(args)
		for i := range fields {
			fields[i] = strings.TrimSuffix(fields[i], "|")
		}
		if _, stdout, _ := twin(t, fields...); !strings.Contains(stdout, want) {
			t.Errorf("%s: %q, want %q", args, stdout, want)
		}
	}
}
