package constructs_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Ensure that the function looks at the secret of every client every day, with what the settings say of it.
func TestSecretsAreRotated(t *testing.T) {
	a := everything(t)
	rule := a.one(t, "full", "Twin/Rotate/Daily")
	targets := rule.Get("Targets").([]any)
	if len(targets) != 1 || rule.Text("ScheduleExpression") != "rate(1 day)" {
		t.Fatalf("%v", rule.Properties)
	}
	var event wiring.RotateEvent
	if err := json.Unmarshal([]byte(rule.Stack.Text(targets[0].(map[string]any)["Input"])), &event); err != nil {
		t.Fatal(err)
	}
	days := map[string]int{}
	for _, r := range event.Daily {
		days[r.Secret] = r.EveryDays
		if r.Now || r.Leaked {
			t.Errorf("%+v", r)
		}
	}
	for client, want := range map[string]int{"machine": 0, "map": 0, "reports": 90} {
		if got, ok := days["${Twin/Client-"+client+"/Credentials}"]; !ok || got != want {
			t.Errorf("the secret of %s is rotated every %d days, want %d", client, got, want)
		}
	}
	for output, want := range map[string]string{
		"RotateFunction": "${Twin/Rotate/Function}", "MapCredentials": "${Twin/Client-map/Credentials}",
		"MachineCredentials": "${Twin/Client-machine/Credentials}",
	} {
		if got := a.Output("DigitalTwin-full", output); got != want {
			t.Errorf("the output %s is %s, want %s", output, got, want)
		}
	}
}

// Ensure that a grace time and an interval that cannot be meant fail the synthesis.
func TestRotationSettings(t *testing.T) {
	for settings, want := range map[string]string{
		`{"secretGraceDays":91}`: "secretGraceDays is 91: want whole days, 1 to 90",
		`{"secretGraceDays":-1}`: "secretGraceDays is -1",
		`{"clients":{"map":{"rotateDays":7}}}`: "clients.map.rotateDays is 7: want more days " +
			"than the 7 of secretGraceDays",
		`{"secretGraceDays":30,"clients":{"machine":{"rotateDays":30}}}`: "clients.machine.rotateDays is 30: want more " +
			"days than the 30",
		`{"clients":{"map":{"rotateDays":-1}}}`: "clients.map.rotateDays is -1",
	} {
		_, err := synthesizeWith(t, `{"own":`+strings.TrimSuffix(settings, "}")+`,"datasets":{}}}`, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", settings, err, want)
		}
	}
}
