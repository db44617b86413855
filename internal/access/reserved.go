package access

import (
	"maps"
	"slices"
)

// reservation is a dataset that one client alone reads, whatever grants say.
type reservation struct{ dataset, client string }

// Reserving returns the rules with some datasets reserved, each for the client with that id as tokens have it: this
// client reads all of it, and nobody else any of it, also by a grant for all datasets. Who may operate what stays the
// same.
func (r *Rules) Reserving(clients map[string]string) *Rules {
	with := &Rules{Grants: r.Grants}
	for _, dataset := range slices.Sorted(maps.Keys(clients)) {
		with.reserved = append(with.reserved, reservation{dataset, clients[dataset]})
	}
	return with
}
