package main

import (
	"flag"
	"regexp"
	"strings"
	"testing"
)

// Ensure that the help of a command explains every flag that it takes, and no other.
func TestHelp_Flags(t *testing.T) {
	for _, tc := range []struct {
		command *command
		flags   arguments
	}{{upCommand, new(up).arguments()}, {checkCommand, new(check).arguments()}, {getCommand, new(get).arguments()}} {
		explained := make(map[string]bool)
		for _, m := range regexp.MustCompile(`(?m)^  --([a-z-]+)`).FindAllStringSubmatch(tc.command.details, -1) {
			explained[m[1]] = true
		}
		tc.flags.VisitAll(func(f *flag.Flag) {
			if !explained[f.Name] {
				t.Errorf("twin help %s does not explain --%s", tc.command.name, f.Name)
			}
			if !strings.Contains(tc.command.args, "--"+f.Name) {
				t.Errorf("the usage line of twin %s lacks --%s", tc.command.name, f.Name)
			}
			delete(explained, f.Name)
		})
		for name := range explained {
			t.Errorf("twin help %s explains --%s, which there is not", tc.command.name, name)
		}
	}
}

// Ensure that flags may stand anywhere, but not behind "--".
func TestArguments(t *testing.T) {
	for _, tc := range []struct{ args, others, flags string }{
		{"", "", ""},
		{"a b", "a b", ""},
		{"--x 1 a", "a", "1"},
		{"a -x 1 b", "a b", "1"},
		{"a b --x=1", "a b", "1"},
		{"a -- --x 1", "a --x 1", ""},
		{"--x 1 -- -- b", "-- b", "1"},
		{"- a", "- a", ""},
	} {
		flags := newArguments()
		x := flags.String("x", "", "")
		others, err := flags.parse(strings.Fields(tc.args))
		if err != nil || strings.Join(others, " ") != tc.others || *x != tc.flags {
			t.Errorf("%q: got %q and %q, %v", tc.args, others, *x, err)
		}
	}
}
