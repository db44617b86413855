package assembly

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Resource is a resource of a template, with its place in the tree of constructs.
type Resource struct {
	Stack *Stack `json:"-"`
	ID    string `json:"-"` // its logical id
	Path  string `json:"-"` // DigitalTwin-dev/Twin/Table/Resource
	Type  string

	Properties          map[string]any
	Metadata            map[string]any
	DependsOn           []string
	DeletionPolicy      string
	UpdateReplacePolicy string
}

// Name is the path without stack and /Resource: Twin/Table.
func (r *Resource) Name() string {
	_, name, _ := strings.Cut(r.Path, "/")
	return strings.TrimSuffix(name, "/Resource")
}

// Get walks down the properties of a resource; nil means that there is no such property.
func (r *Resource) Get(path ...string) any {
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

// Text is the text of a property, see [Stack.Text].
func (r *Resource) Text(path ...string) string { return r.Stack.Text(r.Get(path...)) }

// Text writes a value of a template as one string: references to resources as ${Twin/Table.Arn}, over the borders of
// stacks too, pseudo parameters as ${AWS::Region}.
func (s *Stack) Text(v any) string { return s.Resolve(v, names{}) }

// Reference says what a reference stands for.
type Reference interface {
	// Resource is what Ref (without an attribute) or Fn::GetAtt of a resource gives.
	Resource(r *Resource, attribute string) string
	// Pseudo is the value of a pseudo parameter, such as AWS::Region, or of a parameter of the template.
	Pseudo(name string) string
}

// names writes references as they are read best.
type names struct{}

func (names) Resource(r *Resource, attribute string) string {
	if attribute != "" {
		attribute = "." + attribute
	}
	return "${" + r.Name() + attribute + "}"
}

func (names) Pseudo(name string) string { return "${" + name + "}" }

// Resolve writes a value of a template as one string, in which references are what to says. What is no text is JSON.
func (s *Stack) Resolve(v any, to Reference) string {
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
			parts = append(parts, s.Resolve(e, to))
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		if text, ok := s.function(v, to); ok {
			return text
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: what was read as JSON cannot be written: " + err.Error())
	}
	return string(b)
}

// function writes an intrinsic function of CloudFormation.
func (s *Stack) function(v map[string]any, to Reference) (text string, ok bool) {
	for key, arg := range v {
		switch key {
		case "Ref":
			return s.reference(arg.(string), "", to), true
		case "Fn::GetAtt":
			pair := arg.([]any)
			return s.reference(pair[0].(string), pair[1].(string), to), true
		case "Fn::Join":
			parts := arg.([]any)
			var texts []string
			for _, e := range parts[1].([]any) {
				texts = append(texts, s.Resolve(e, to))
			}
			return strings.Join(texts, parts[0].(string)), true
		case "Fn::ImportValue":
			return s.App.export(s.Text(arg), to), true
		case "Fn::Select", "Fn::Split":
			return "${" + key + " " + s.Resolve(arg, to) + "}", true
		}
	}
	return "", false
}

func (s *Stack) reference(id, attribute string, to Reference) string {
	if r, ok := s.Resources[id]; ok {
		return to.Resource(r, attribute)
	}
	return to.Pseudo(id)
}

// Target is the name of the resource with a logical id, or the id where there is none, as of a pseudo parameter.
func (s *Stack) Target(id string) string {
	if r, ok := s.Resources[id]; ok {
		return r.Name()
	}
	return id
}

// export follows a reference to another stack.
func (a *App) export(name string, to Reference) string {
	for _, s := range a.Stacks {
		for _, o := range s.Outputs {
			if o.Export.Name != nil && s.Text(o.Export.Name) == name {
				return s.Resolve(o.Value, to)
			}
		}
	}
	return "${no export " + name + "}"
}
