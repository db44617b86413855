package constructs

import (
	"fmt"
	"maps"
	"slices"
)

// reads are the datasets whose streams a dataset reads, in name order.
func (p Pipeline) reads() []string {
	found := map[string]bool{}
	for _, s := range append(slices.Collect(maps.Values(p.Sources)), p.SourceSettings) {
		if s.SourceOf != "" {
			dataset, _ := s.ofDataset()
			found[dataset] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// checkSourcesOfOthers finds datasets that read the stream of one that is not deployed, or that wait for each other.
func (s *Settings) checkSourcesOfOthers() []error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(s.Datasets)) {
		if s.Datasets[name].Off {
			continue
		}
		for _, other := range s.Datasets[name].reads() {
			p, ok := s.Datasets[other]
			switch {
			case !ok:
				errs = append(errs, fmt.Errorf("dataset %s: sourceOf names %q, which is no dataset of the environment", name,
					other))
			case p.Off:
				errs = append(errs, fmt.Errorf("dataset %s: sourceOf names %s, which is off: switch both off, or neither", name,
					other))
			}
		}
	}
	if _, err := inOrder(s.Datasets); err != nil && len(errs) == 0 {
		errs = append(errs, err)
	}
	return errs
}

// inOrder returns the names of datasets, those whose streams others read before these.
func inOrder(datasets map[string]Pipeline) (order []string, err error) {
	state := map[string]int{} // 1: waits for others, 2: is in the order
	var add func(name string) error
	add = func(name string) error {
		switch state[name] {
		case 1:
			return fmt.Errorf("dataset %s: sourceOf leads back to itself: one of the datasets must have a source of its own",
				name)
		case 2:
			return nil
		}
		state[name] = 1
		for _, other := range datasets[name].reads() {
			if err := add(other); err != nil {
				return err
			}
		}
		state[name] = 2
		order = append(order, name)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(datasets)) {
		if err := add(name); err != nil {
			return nil, err
		}
	}
	return order, nil
}
