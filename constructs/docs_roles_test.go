package constructs_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// Ensure that the documents have every role, and exactly the actions that it may do.
func TestRolesAreDocumented(t *testing.T) {
	a := everything(t)
	want := map[string]map[string]bool{}
	for _, r := range a.All("AWS::IAM::Role") {
		name := strings.TrimSuffix(r.Name(), "/Role")
		if want[name] == nil {
			want[name] = map[string]bool{}
		}
		if managed := r.Text("ManagedPolicyArns"); managed != "" {
			want[name][managed[strings.LastIndexByte(managed, '/')+1:]] = true
		}
	}
	for _, s := range a.statements() {
		if s.owner.Type != "AWS::IAM::Policy" || s.effect != "Allow" {
			continue
		}
		for _, reference := range s.owner.Get("Roles").([]any) {
			role := strings.TrimSuffix(strings.Trim(s.owner.Stack.Text(reference), "${}"), "/Role")
			for _, action := range s.actions {
				if !slices.Contains(ofEveryFunction, action) {
					want[role][action] = true
				}
			}
		}
	}
	got := map[string][]string{}
	role := ""
	for _, row := range rowsOf(section(t, "Who may do what")) {
		if n := names(row[0]); len(n) > 0 { // otherwise it goes on about the same role
			role = n[0]
			got[role] = nil // it may do nothing of its own
		}
		for _, action := range names(row[1]) {
			if !slices.Contains(got[role], action) {
				got[role] = append(got[role], action)
			}
		}
	}
	compare(t, "roles", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	for role := range want {
		compare(t, "actions of "+role, got[role], slices.Sorted(maps.Keys(want[role])))
	}
}

// ofEveryFunction are the actions that the documents have once for all roles.
var ofEveryFunction = []string{"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords",
	"xray:PutTraceSegments"}
