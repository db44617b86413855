package access

import (
	"github.com/railtwin/digitaltwin/internal/assembly"
	"github.com/railtwin/digitaltwin/test/iam"
)

// Tasks lists who does what in an environment, and what must not be done.
func Tasks(w *iam.World, s Settings) ([]Task, error) {
	f, err := factsOf(w, s)
	if err != nil {
		return nil, err
	}
	return join2(f.people(), f.functions(), f.services()), nil
}

// byPath is the resource with a name in a stack.
func (f *facts) byPath(stack, name string) *assembly.Resource {
	for r := range f.Resources("") {
		if r.Stack.Name == stack && r.Name() == name {
			return r
		}
	}
	return nil
}
