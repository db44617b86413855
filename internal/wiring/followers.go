package wiring

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Followers are how many streams and long polls of the change feed a caller may keep at once: a number for all, and
// id=number for clients with another one, with blanks between them. The ids are known when the environment is deployed.
type Followers string

// NewFollowers returns the numbers of all callers and of some clients by their ids.
func NewFollowers(usual int, clients map[string]int) Followers {
	words := []string{strconv.Itoa(usual)}
	for _, id := range slices.Sorted(maps.Keys(clients)) {
		words = append(words, id+"="+strconv.Itoa(clients[id]))
	}
	return Followers(strings.Join(words, " "))
}

// Numbers returns what [NewFollowers] was given.
func (f Followers) Numbers() (usual int, clients map[string]int, err error) {
	clients = map[string]int{}
	for i, word := range strings.Fields(string(f)) {
		id, number, named := strings.Cut(word, "=")
		if !named {
			number = id
		}
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || named != (i > 0) || named && (id == "" || clients[id] != 0) {
			return 0, nil, fmt.Errorf("not how many may follow: %q", word)
		}
		if !named {
			usual = n
		} else {
			clients[id] = n
		}
	}
	if usual == 0 {
		return 0, nil, fmt.Errorf("not how many may follow: %q", string(f))
	}
	return usual, clients, nil
}

// UnmarshalText accepts what [NewFollowers] makes.
func (f *Followers) UnmarshalText(b []byte) error {
	_, _, err := Followers(b).Numbers()
	*f = Followers(b)
	return err
}
