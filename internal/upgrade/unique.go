package upgrade

import (
	"maps"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/assembly"
)

// unique finds resources that cannot be made because one of the same name, or with the same pair of values, is there:
// it is deleted after they are made, or was retained. And names that will be taken: a resource that has one and is
// retained when it leaves its stack cannot be made a second time.
func (c *comparison) unique() {
	taken := map[string]*assembly.Resource{}
	for _, old := range c.before {
		if name := c.uniqueName(old, false); name != "" {
			taken[name] = old
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.after)) {
		r := c.after[key]
		name := c.uniqueName(r, true)
		old := taken[name]
		if name == "" || old == nil || id(old) == key && !c.replaced[key] {
			continue
		}
		c.add(Refused, r.Stack.Name, r.Name(), "there is one already (%s) when it is made, with the same %s", old.Path,
			strings.Join(uniqueProperties(r), " and "))
	}
	for _, key := range slices.Sorted(maps.Keys(c.before)) {
		old := c.before[key]
		if c.after[key] == nil && c.stays[old.Stack.Name] && strings.HasPrefix(old.DeletionPolicy, "Retain") &&
			c.uniqueName(old, false) != "" {
			c.add(Leaves, old.Stack.Name, old.Name(), "it is retained with its name, so it cannot be made again")
		}
	}
}

// uniqueProperties are the properties by which a resource is unique; none where AWS names it.
func uniqueProperties(r *assembly.Resource) []string {
	properties := uniqueBy[r.Type]
	if properties == nil {
		properties = Schemas[r.Type].Identifier
	}
	if slices.ContainsFunc(properties, func(p string) bool { return r.Get(strings.Split(p, "/")...) == nil }) {
		return nil
	}
	return properties
}

// uniqueName is what no two resources may share; empty where AWS makes the name.
func (c *comparison) uniqueName(r *assembly.Resource, after bool) string {
	properties := uniqueProperties(r)
	if len(properties) == 0 {
		return ""
	}
	parts := []string{r.Type}
	for _, p := range properties {
		parts = append(parts, c.text(r, p, after))
	}
	return strings.Join(parts, "\n")
}
