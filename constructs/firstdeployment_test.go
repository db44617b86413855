package constructs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/assembly"
)

// Ensure that a first deployment that failed can be repeated, also where data is retained: what it made goes with it,
// nothing is protected from deletion yet, and the one thing that stays has no name that would be taken.
func TestFirstDeploymentCanBeRepeated(t *testing.T) {
	for _, s := range everything(t).Stacks {
		if s.Protected && s.Environment != "full" {
			t.Errorf("%s is protected from its first deployment on", s.Name)
		}
		for _, r := range s.Resources {
			if r.DeletionPolicy == "Retain" && r.Type != "AWS::ApiGateway::Account" && r.Name() != "Twin/ApiLogsRole" {
				t.Errorf("%s stays when the deployment that makes it fails", r.Path)
			}
			if r.DeletionPolicy == "RetainExceptOnCreate" && r.UpdateReplacePolicy != "Retain" {
				t.Errorf("%s is lost when it is replaced", r.Path)
			}
		}
	}
	if role := everything(t).one(t, "prod", "Twin/ApiLogsRole"); role.Text("RoleName") != "" {
		t.Error("the role by which API Gateway writes logs stays, and could not be made again")
	}
}

// Ensure that protection is for after that, and that nothing lacks it then.
func TestProtection(t *testing.T) {
	a := everything(t)
	for e, want := range map[string]bool{"full": true, "prod": false, "dev": false} {
		table, pool := a.one(t, e, "Twin/Table"), a.one(t, e, "Twin/Users")
		if got := table.Get("DeletionProtectionEnabled") == true; got != want {
			t.Errorf("%s: the table is protected: %t, want %t", e, got, want)
		}
		if got := pool.Text("DeletionProtection") == "ACTIVE"; got != want {
			t.Errorf("%s: the users are protected: %t, want %t", e, got, want)
		}
		for _, s := range a.Stacks {
			if s.Environment == e && s.Protected != want {
				t.Errorf("%s is protected: %t, want %t", s.Name, s.Protected, want)
			}
		}
	}
	_, err := synthesizeWith(t, `{"dev":{"removal":"destroy","protect":true}}`, extractors.All())
	if err == nil || !strings.Contains(err.Error(), "protect and removal destroy exclude each other") {
		t.Errorf("a protected environment that goes with its stacks: %v", err)
	}
}

// Ensure that what was retained can be taken over by cdk import: what holds data refers to nothing else of its stack,
// so that it can be imported before anything else is made, and each of its kinds can be.
func TestRetainedCanBeImported(t *testing.T) {
	importable := append([]string{"AWS::Logs::LogGroup"}, holdsData...)
	for _, s := range theApp(t).Stacks {
		if s.Environment != "prod" {
			continue
		}
		for _, r := range s.Resources {
			if !slices.Contains(holdsData, r.Type) {
				continue
			}
			for _, to := range references(s, r.Properties) {
				if !slices.Contains(importable, to.Type) {
					t.Errorf("%s cannot be imported without %s", r.Path, to.Path)
				}
			}
			for _, id := range r.DependsOn {
				if to := s.Resources[id]; !slices.Contains(importable, to.Type) {
					t.Errorf("%s waits for %s, which is not imported", r.Path, to.Path)
				}
			}
		}
	}
}

// references are the resources of a stack that a value refers to.
func references(s *assembly.Stack, v any) (found []*assembly.Resource) {
	s.Resolve(v, referenced{&found})
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			found = append(found, references(s, e)...)
		}
	case []any:
		for _, e := range v {
			found = append(found, references(s, e)...)
		}
	}
	return found
}

type referenced struct{ found *[]*assembly.Resource }

func (r referenced) Resource(to *assembly.Resource, _ string) string {
	*r.found = append(*r.found, to)
	return ""
}

func (r referenced) Pseudo(string) string { return "" }
