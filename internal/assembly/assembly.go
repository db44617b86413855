// Package assembly reads what a synth of the CDK wrote: the templates of its stacks, as plain data.
//
// [Read] returns an [App] of [Stack]s of [Resource]s. A resource is found by its type and by its place in the tree of
// constructs (Twin/Table), which a synth writes where the context aws:cdk:enable-path-metadata is set, as the CDK's
// command line does. [Stack.Text] writes any value of a template as one line of text, with references resolved, also
// those to other stacks.
package assembly

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// App is all stacks of a cloud assembly.
type App struct {
	Dir    string
	Stacks []*Stack // in name order
}

// Stack is a stack with its template.
type Stack struct {
	App         *App `json:"-"`
	Name        string
	Environment string // the tag environment, such as dev; without one, what stands after the first - of the name
	Account     string // empty where it is not known before the deployment
	Region      string // the same
	Protected   bool   // termination protection

	Resources map[string]*Resource // by logical id
	Outputs   map[string]Output
}

// Output is an output of a stack. An export has a name.
type Output struct {
	Value  any
	Export struct{ Name any }
}

// Read reads the cloud assembly in a folder, which is cdk.out if nothing else was said.
func Read(dir string) (*App, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.template.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("assembly: %s holds no templates: run npx cdk synth first", dir)
	}
	manifest, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	a := &App{Dir: dir}
	for _, file := range files {
		s := &Stack{App: a, Name: strings.TrimSuffix(filepath.Base(file), ".template.json")}
		if _, known := manifest.Artifacts[s.Name]; !known && manifest.Artifacts != nil {
			continue // of an earlier synth into the same folder, which the CDK does not empty
		}
		if err := s.read(file); err != nil {
			return nil, err
		}
		s.describe(manifest.Artifacts[s.Name])
		a.Stacks = append(a.Stacks, s)
	}
	slices.SortFunc(a.Stacks, func(a, b *Stack) int { return strings.Compare(a.Name, b.Name) })
	return a, nil
}

// manifest is what manifest.json says of the stacks.
type manifest struct {
	Artifacts map[string]artifact
}

type artifact struct {
	Environment string // aws://123456789012/eu-central-1
	Properties  struct {
		TerminationProtection bool
		Tags                  map[string]string
	}
}

func readManifest(dir string) (m manifest, err error) {
	file := filepath.Join(dir, "manifest.json")
	b, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("assembly: %s: %w", file, err)
	}
	return m, nil
}

func (s *Stack) read(file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, s); err != nil {
		return fmt.Errorf("assembly: %s: %w", file, err)
	}
	for id, r := range s.Resources {
		r.Stack, r.ID = s, id
		r.Path, _ = r.Metadata["aws:cdk:path"].(string)
	}
	return nil
}

func (s *Stack) describe(a artifact) {
	s.Protected = a.Properties.TerminationProtection
	if place := strings.Split(a.Environment, "/"); len(place) == 4 {
		s.Account, s.Region = strings.TrimPrefix(place[2], "unknown-account"), strings.TrimPrefix(place[3], "unknown-region")
	}
	s.Environment = a.Properties.Tags["environment"]
	if parts := strings.Split(s.Name, "-"); s.Environment == "" && len(parts) > 1 {
		s.Environment = parts[1]
	}
}

// All returns the resources of a type in all stacks, in the order of stacks and logical ids.
func (a *App) All(kind string) []*Resource {
	var found []*Resource
	for _, s := range a.Stacks {
		for _, id := range slices.Sorted(maps.Keys(s.Resources)) {
			if r := s.Resources[id]; r.Type == kind {
				found = append(found, r)
			}
		}
	}
	return found
}

// In returns the resources of a type in an environment, by their names.
func (a *App) In(environment, kind string) map[string]*Resource {
	found := map[string]*Resource{}
	for _, r := range a.All(kind) {
		if r.Stack.Environment == environment {
			found[r.Name()] = r
		}
	}
	return found
}

// Environments returns the environment of every stack.
func (a *App) Environments() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, s := range a.Stacks {
			if !yield(s.Environment) {
				return
			}
		}
	}
}

// Find returns a resource with a name in an environment, or nil; a name of a dataset's begins with Pipeline, and
// several datasets have it.
func (a *App) Find(environment, name string) *Resource {
	for _, s := range a.Stacks {
		if s.Environment != environment {
			continue
		}
		for _, r := range s.Resources {
			if r.Name() == name {
				return r
			}
		}
	}
	return nil
}

// Output is the value of the output of a stack whose name has a word in it.
func (a *App) Output(stack, word string) string {
	for _, s := range a.Stacks {
		for name, o := range s.Outputs {
			if s.Name == stack && strings.Contains(name, word) {
				return s.Text(o.Value)
			}
		}
	}
	return ""
}
