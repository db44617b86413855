// Package upgrade judges what the deployment of one assembly over another would do: what CloudFormation or a service
// refuses, and what is lost, left behind or done to callers although it is deployed.
//
// [Compare] takes the assembly that is deployed and the one that is to be. It knows which properties a type of resource
// can only be created with, which names and pairs of values are unique, that CloudFormation creates what replaces a
// resource before it deletes the old one, that an export in use cannot be taken away, and a few limits of services. It
// sees templates only: nothing is asked of AWS.
package upgrade

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/assembly"
)

// Kind says what a finding is about.
type Kind string

const (
	Refused Kind = "refused" // the deployment fails
	Loses   Kind = "loses"   // data goes, or is out of reach of the twin
	Leaves  Kind = "leaves"  // something stays and is billed, though the app does not know it any more
	Again   Kind = "again"   // records are read a second time, which changes no reading
	Callers Kind = "callers" // who calls the API must do something
)

// Finding is something that a deployment does beside what is wanted.
type Finding struct {
	Kind     Kind
	Stack    string
	Resource string // its place, such as Twin/Table; empty where the finding is about the stack
	What     string
}

func (f Finding) String() string {
	where := f.Stack
	if f.Resource != "" {
		where += " " + f.Resource
	}
	return fmt.Sprintf("%s: %s: %s", f.Kind, where, f.What)
}

// comparison is one assembly and the next.
type comparison struct {
	before, after map[string]*assembly.Resource // by stack and logical id
	replaced      map[string]bool               // of after, by the same
	stays         map[string]bool               // stacks that are in after, by name
	found         []Finding
}

// Compare judges the deployment of after over before, in the order of stacks and places.
func Compare(before, after *assembly.App) []Finding {
	c := &comparison{before: resources(before), after: resources(after), replaced: map[string]bool{},
		stays: map[string]bool{}}
	for _, s := range after.Stacks {
		c.stays[s.Name] = true
	}
	c.findReplaced()
	c.stacks(before, after)
	c.exports(before, after)
	c.unique()
	for _, id := range slices.Sorted(maps.Keys(c.before)) {
		c.resource(c.before[id], c.after[id], c.replaced[id])
	}
	sortFindings(c.found)
	return slices.Compact(c.found)
}

// sortFindings orders findings by stacks and places.
func sortFindings(found []Finding) {
	slices.SortFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Stack, b.Stack), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.What, b.What))
	})
}

func (c *comparison) add(kind Kind, stack, resource, format string, args ...any) {
	c.found = append(c.found, Finding{kind, stack, resource, fmt.Sprintf(format, args...)})
}

func resources(a *assembly.App) map[string]*assembly.Resource {
	all := map[string]*assembly.Resource{}
	for _, s := range a.Stacks {
		for _, r := range s.Resources {
			all[id(r)] = r
		}
	}
	return all
}

func id(r *assembly.Resource) string { return r.Stack.Name + " " + r.ID }

// findReplaced finds the resources that CloudFormation makes anew because of a property that it can only create them
// with; what refers to one that is made anew in such a property is made anew too.
func (c *comparison) findReplaced() {
	for again := true; again; {
		again = false
		for key, r := range c.after {
			old := c.before[key]
			if old == nil || old.Type != r.Type || c.replaced[key] {
				continue
			}
			for _, property := range createOnly(r.Type) {
				if c.text(old, property, false) != c.text(r, property, true) {
					c.replaced[key], again = true, true
				}
			}
		}
	}
}

// text is a property, in which references to what is made anew differ from those to what was there.
func (c *comparison) text(r *assembly.Resource, property string, after bool) string {
	reference := places{}
	if after {
		reference.replaced = c.replaced
	}
	return r.Stack.Resolve(r.Get(strings.Split(property, "/")...), reference)
}

// places writes references by stack and logical id.
type places struct{ replaced map[string]bool }

func (p places) Resource(r *assembly.Resource, attribute string) string {
	text := "${" + id(r) + "." + attribute + "}"
	if p.replaced[id(r)] {
		text += " made anew"
	}
	return text
}

func (p places) Pseudo(name string) string { return "${" + name + "}" }

// stacks finds stacks that leave the app, or that move to another place.
func (c *comparison) stacks(before, after *assembly.App) {
	next := map[string]*assembly.Stack{}
	for _, s := range after.Stacks {
		next[s.Name] = s
	}
	for _, s := range before.Stacks {
		switch n := next[s.Name]; {
		case n == nil:
			c.add(Leaves, s.Name, "",
				"the stack is not in the app any more: it runs on and is billed until it is deleted by hand")
		case n.Region != s.Region || n.Account != s.Account:
			c.add(Leaves, s.Name, "", "it is deployed to another account or region: the stack in the old one runs on and is "+
				"billed, and its data stays there")
		}
	}
}

// exports finds exports that are in use and change or go.
func (c *comparison) exports(before, after *assembly.App) {
	kept := map[string]string{}
	for _, s := range after.Stacks {
		for _, o := range s.Outputs {
			if o.Export.Name != nil {
				kept[s.Text(o.Export.Name)] = s.Resolve(o.Value, places{c.replaced})
			}
		}
	}
	for _, s := range before.Stacks {
		for _, o := range s.Outputs {
			if o.Export.Name == nil {
				continue
			}
			name := s.Text(o.Export.Name)
			users := importers(before, name)
			if value, ok := kept[name]; len(users) > 0 && (!ok || value != s.Resolve(o.Value, places{})) {
				c.add(Refused, s.Name, "", "an export that %s uses changes or goes: %s", strings.Join(users, ", "), name)
			}
		}
	}
}

// importers are the stacks that import a value.
func importers(a *assembly.App, export string) (stacks []string) {
	for _, s := range a.Stacks {
		for _, r := range s.Resources {
			if imports(s, r.Properties, export) {
				stacks = append(stacks, s.Name)
				break
			}
		}
	}
	return stacks
}

func imports(s *assembly.Stack, v any, export string) bool {
	switch v := v.(type) {
	case map[string]any:
		if name, ok := v["Fn::ImportValue"]; ok && s.Text(name) == export {
			return true
		}
		for _, e := range v {
			if imports(s, e, export) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return imports(s, e, export) })
	}
	return false
}
