package access

import (
	"fmt"
	"slices"

	"github.com/railtwin/digitaltwin/test/iam"
)

// Removal is a statement or a condition that was taken away, and whether an answer changed.
type Removal struct {
	Owner, Sid, Condition string // the condition is empty where the whole statement was taken away
	Noticed               bool
}

func (r Removal) String() string {
	if r.Condition == "" {
		return fmt.Sprintf("%s %s", r.Owner, r.Sid)
	}
	return fmt.Sprintf("%s %s if %s", r.Owner, r.Sid, r.Condition)
}

// Removals takes every statement and every condition of a world away in turn, one at a time, and judges the answers
// anew that it is part of. What nobody notices is a right that nothing needs, or a limit that nothing tests.
func Removals(w *iam.World, answers []Answer) ([]Removal, error) {
	about := map[*iam.Statement][]int{}
	for i, a := range answers {
		for _, s := range slices.Concat(a.Request.Caller.Rights, w.Place(a.Request.Resource).Policy) {
			if n := len(about[s]); n == 0 || about[s][n-1] != i {
				about[s] = append(about[s], i)
			}
		}
	}
	notice := func(s *iam.Statement) (bool, error) {
		for _, i := range about[s] {
			got, err := w.Decide(answers[i].Request)
			if err != nil || got != answers[i].Got {
				return err == nil, err
			}
		}
		return false, nil
	}
	var removals []Removal
	for _, s := range w.Statements {
		whole := *s
		remove := func(condition string) error {
			noticed, err := notice(s)
			removals = append(removals, Removal{s.Owner, s.Sid, condition, noticed})
			*s = whole
			return err
		}
		s.Actions = nil // it is about nothing any more
		if err := remove(""); err != nil {
			return nil, err
		}
		for i, c := range whole.Conditions {
			s.Conditions = slices.Delete(slices.Clone(whole.Conditions), i, i+1)
			if err := remove(c.Operator + " " + c.Key); err != nil {
				return nil, err
			}
		}
	}
	return removals, nil
}
