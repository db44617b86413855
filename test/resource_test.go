package test

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// resource is a resource of a template, with its place in the tree of constructs.
type resource struct {
	stack *stack
	id    string
	path  string // DigitalTwin-dev/Twin/Table/Resource
	Type  string

	Properties     map[string]any
	Metadata       map[string]any
	DependsOn      []string
	DeletionPolicy string
}

// name is the path without stack and /Resource: Twin/Table.
func (r *resource) name() string {
	_, name, _ := strings.Cut(r.path, "/")
	return strings.TrimSuffix(name, "/Resource")
}

// get walks down the properties of a resource.
func (r *resource) get(path ...string) any {
	var v any = r.Properties
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

// text is the text of a property.
func (r *resource) text(path ...string) string { return r.stack.text(r.get(path...)) }

type stack struct {
	app         *app
	name        string
	Environment string // such as dev
	Resources   map[string]*resource
	Outputs     map[string]struct {
		Value  any
		Export struct{ Name any }
	}
}

// text writes a value of a template as one string: references to resources as ${Twin/Table.Arn}, over
// the borders of stacks too, pseudo parameters as ${AWS::Region}.
func (s *stack) text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64, bool:
		return fmt.Sprint(v)
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, s.text(e))
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		for key, arg := range v {
			switch key {
			case "Ref":
				return "${" + s.target(arg.(string)) + "}"
			case "Fn::GetAtt":
				pair := arg.([]any)
				return "${" + s.target(pair[0].(string)) + "." + pair[1].(string) + "}"
			case "Fn::Join":
				parts := arg.([]any)
				var texts []string
				for _, e := range parts[1].([]any) {
					texts = append(texts, s.text(e))
				}
				return strings.Join(texts, parts[0].(string))
			case "Fn::ImportValue":
				return s.app.export(s.text(arg))
			case "Fn::Select", "Fn::Split":
				return "${" + key + " " + s.text(arg) + "}"
			}
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func (s *stack) target(id string) string {
	if r, ok := s.Resources[id]; ok {
		return r.name()
	}
	return id
}

// app is all stacks of all environments.
type app struct {
	dir    string
	stacks []*stack // in name order
}

// all returns the resources of a type in all stacks, in the order of their paths.
func (a *app) all(kind string) []*resource {
	var found []*resource
	for _, s := range a.stacks {
		for _, id := range slices.Sorted(maps.Keys(s.Resources)) {
			if r := s.Resources[id]; r.Type == kind {
				found = append(found, r)
			}
		}
	}
	return found
}

// in returns the resources of a type in an environment, by their names.
func (a *app) in(environment, kind string) map[string]*resource {
	found := map[string]*resource{}
	for _, r := range a.all(kind) {
		if r.stack.Environment == environment {
			found[r.name()] = r
		}
	}
	return found
}

// environments returns the environment of every stack.
func (a *app) environments() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, s := range a.stacks {
			if !yield(s.Environment) {
				return
			}
		}
	}
}

// one returns the resource with a name in an environment; a name of a dataset's begins with Pipeline.
func (a *app) one(t *testing.T, environment, name string) *resource {
	t.Helper()
	for _, s := range a.stacks {
		if s.Environment != environment {
			continue
		}
		for _, r := range s.Resources {
			if r.name() == name {
				return r
			}
		}
	}
	t.Fatalf("no resource %s in %s", name, environment)
	return nil
}

// output is the value of the output of a stack whose name has a word in it.
func (a *app) output(stack, word string) string {
	for _, s := range a.stacks {
		for name, o := range s.Outputs {
			if s.name == stack && strings.Contains(name, word) {
				return s.text(o.Value)
			}
		}
	}
	return ""
}

// export follows a reference to another stack.
func (a *app) export(name string) string {
	for _, s := range a.stacks {
		for _, o := range s.Outputs {
			if o.Export.Name != nil && s.text(o.Export.Name) == name {
				return s.text(o.Value)
			}
		}
	}
	return "${no export " + name + "}"
}

func readApp(dir string) (*app, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.template.json"))
	if err != nil {
		return nil, err
	}
	a := &app{dir: dir}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		s := &stack{app: a, name: strings.TrimSuffix(filepath.Base(file), ".template.json")}
		s.Environment = strings.Split(s.name, "-")[1]
		if err := json.Unmarshal(b, s); err != nil {
			return nil, err
		}
		for id, r := range s.Resources {
			r.stack, r.id = s, id
			r.path, _ = r.Metadata["aws:cdk:path"].(string)
		}
		a.stacks = append(a.stacks, s)
	}
	return a, nil
}
