package operate

import (
	"context"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// caller returns who makes a call, and refuses who has no token for it.
func (s *Service) caller(ctx context.Context) (access.Caller, *problem.Problem) {
	c, ok := access.FromContext(ctx)
	if !ok && s.Anonymous {
		return access.Caller{Subject: "local", Scopes: []string{access.ScopeOperate}}, nil
	}
	if !c.Has(access.ScopeOperate) {
		return c, problem.InsufficientScope.New("This needs a token with the scope %s.", access.ScopeOperate)
	}
	return c, nil
}

// operates reports whether a caller may operate a dataset.
func (s *Service) operates(c access.Caller, dataset string) bool {
	return s.Grants == nil || s.Grants.Operates(c, dataset)
}

// may refuses what a caller may not operate. A forget reaches every dataset, also one that delivers the component
// later, so it needs them all; whether any has the component is not looked at, and nobody can learn it here. A dataset
// that may not be operated and one that is not there have the same answer.
func (s *Service) may(c access.Caller, r *Request, datasets []twin.Dataset) *problem.Problem {
	if r.Kind == Forget {
		if !s.operatesAll(c, datasets) {
			return notGranted.New("Forgetting reaches all datasets: it needs a grant to operate every one of them.")
		}
		return nil
	}
	if !s.operates(c, r.Dataset) {
		return notGranted.New("You have no grant to operate a dataset %s.", quoted(r.Dataset)).About("dataset")
	}
	if _, ok := find(datasets, r.Dataset); ok {
		return nil
	}
	var names []string
	for _, d := range datasets {
		if s.operates(c, d.Name) {
			names = append(names, d.Name)
		}
	}
	return problem.DatasetNotFound.New("There is no dataset %s.%s", quoted(r.Dataset),
		meant(r.Dataset, names)).About("dataset", names...)
}

func (s *Service) operatesAll(c access.Caller, datasets []twin.Dataset) bool {
	for _, d := range datasets {
		if !s.operates(c, d.Name) {
			return false
		}
	}
	return s.Grants == nil || len(datasets) > 0 // of an empty catalogue nobody has a grant
}

// sees reports whether a caller may see and cancel a run: if he operates all that it touches.
func (s *Service) sees(c access.Caller, r *Run, datasets []twin.Dataset) bool {
	if r.Kind == Forget {
		return s.operatesAll(c, datasets)
	}
	return s.operates(c, r.Dataset)
}

func find(datasets []twin.Dataset, name string) (twin.Dataset, bool) {
	for _, d := range datasets {
		if d.Name == name {
			return d, true
		}
	}
	return twin.Dataset{}, false
}
