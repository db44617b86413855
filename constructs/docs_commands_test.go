package constructs_test

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/test/cdkcli"
)

// Ensure that the commands that the documents show are ones: the CDK's with options that it knows and stacks that
// there are, ours, and scripts that a shell can read.
func TestDocumentedCommands(t *testing.T) {
	stacks := map[string]bool{}
	for _, s := range everything(t).Stacks {
		stacks[s.Name] = true
	}
	cdk := regexp.MustCompile(`npx cdk ([a-z]+)((?: [^\s#` + "`" + `]+)*)`)
	found := cdk.FindAllStringSubmatch(read(t, awsDocs)+read(t, peopleDocs), -1)
	if len(found) < 5 {
		t.Fatalf("only %d commands of the CDK", len(found))
	}
	executable, help := cdkcli.Install(t, ".."), map[string]string{}
	for _, m := range found {
		if help[m[1]] == "" {
			out, err := exec.Command(executable, m[1], "--help").CombinedOutput()
			if err != nil || !strings.HasPrefix(string(out), "cdk "+m[1]) {
				t.Errorf("%s: no such command: %s", m[0], out)
			}
			help[m[1]] = string(out) + " "
		}
		for _, word := range strings.Fields(m[2]) {
			switch {
			case strings.HasPrefix(word, "-"):
				if !regexp.MustCompile(`\s` + word + `[\s,]`).MatchString(help[m[1]]) {
					t.Errorf("%s: it has no option %s", m[0], word)
				}
			case slices.Contains([]string{"environment=dev", "environment=prod", "broadening"}, word):
			case stacks[word]:
			default:
				t.Errorf("%s: what is %s?", m[0], word)
			}
		}
	}
	for _, script := range code(t, "sh") {
		if out, err := exec.Command("bash", "-n", "-c", script).CombinedOutput(); err != nil {
			t.Errorf("%v: %s\n%s", err, out, script)
		}
	}
}
