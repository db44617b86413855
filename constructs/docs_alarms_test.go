package constructs_test

import (
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
)

// generic says for the words in braces of a kind of alarms what they are in general.
var generic = strings.NewReplacer(
	"{records}", "records, changes or calls", "{late}", "`alarms.behindMinutes`", "{retry}", "`retryHours`",
	"{percent} % of a cap", "80 % of a cap",
	"{percent}", "`alarms.rejectPercent`", "{latency}", "`alarms.latencyMillis`", "{tokens}", "`alarms.tokensPerDay`",
	"{blocked}", "100", "{followers}", "`changes.followers`", "{stalled}", "10 minutes",
	"{dataset}", "`<dataset>`", "{silence}", "three times its `twin.interval`", "{minutes}",
	"three times `canary.minutes`",
)

// Ensure that docs/operate.md has every kind of alarms, each with an anchor, as its description says it.
func TestAlarmsAreDocumented(t *testing.T) {
	var want strings.Builder
	want.WriteString("| alarm | severity | what has happened | first look | cure |\n|---|---|---|---|---|\n")
	for _, k := range constructs.AlarmKinds {
		name := k.Name
		switch name {
		case "Fails", "Throttled", "Behind", "GaveUp":
			name = "<function>" + name
		}
		want.WriteString(generic.Replace(strings.Join([]string{
			`| <a id="` + k.Anchor() + `"></a>` + "`" + name + "`", string(k.Severity), k.Meaning, k.Look, k.Cure + " |\n",
		}, " | ")))
	}
	if docs := sectionOf(t, operateDocs, "Alarms"); !strings.Contains(docs, want.String()) {
		t.Errorf("the table of alarms in %s is another; want\n%s", operateDocs, want.String())
	}
}

// Ensure that every alarm has a severity, and ends with the address of its row in the runbook.
func TestAlarmsPointToTheRunbook(t *testing.T) {
	docs := read(t, operateDocs)
	for _, r := range everything(t).All("AWS::CloudWatch::Alarm") {
		description := r.Text("AlarmDescription")
		custom := strings.Contains(r.Name(), "/Custom")
		severity := strings.HasPrefix(description, "[critical] ") || strings.HasPrefix(description, "[warning] ")
		if !severity || len(description) > 1024 || len(description) < 60 {
			t.Errorf("%s: %d characters, %s", r.Path, len(description), description)
		}
		if custom {
			continue
		}
		page, anchor, ok := strings.Cut(description[strings.LastIndexByte(description, ' ')+1:], "#")
		if !ok || !strings.Contains(docs, `<a id="`+anchor+`"></a>`) || !strings.HasSuffix(page, "docs/operate.md") {
			t.Errorf("%s: no row for %q of %q", r.Path, anchor, page)
		}
	}
}
