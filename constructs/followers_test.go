package constructs_test

import (
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
)

// Ensure that the function that streams is told how many a caller may keep, and writes nothing but who follows.
func TestFollowersOfACaller(t *testing.T) {
	a := everything(t)
	if got := a.one(t, "demand", "Twin/Follow/Function").Text("Environment", "Variables", "TWIN_FOLLOWERS"); got != "25" {
		t.Errorf("a caller may keep %q", got)
	}
	policy := a.one(t, "demand", "Twin/Follow/Policy")
	text := policy.Text("PolicyDocument")
	for _, want := range []string{"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:LeadingKeys", `"-1"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s does not have %s: %s", policy.Path, want, text)
		}
	}
}

// Ensure that a bound that a client cannot have is an error that says what it may be.
func TestFollowersOfACallerAreChecked(t *testing.T) {
	for settings, want := range map[string]string{
		`{"clients":{"map":{"followers":5}}}`: `clients.map.followers is 5, and there is no change feed to follow: set "changes": {} too`,
		`{"changes":{},"clients":{"map":{"followers":21}}}`: "clients.map.followers is 21: want 1 to 20, " +
			"which is changes.followers",
		`{"changes":{"followers":4},"clients":{"map":{"followers":-1}}}`:    "clients.map.followers is -1: want 1 to 4",
		`{"changes":{"followers":400},"clients":{"map":{"followers":400}}}`: "",
	} {
		_, err := constructs.ParseSettings(map[string]any{"test": decoded(t, settings)}, "")
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", settings, err)
		}
	}
}
