package wiring

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// IDs are what Amazon Cognito calls the clients of the settings: name=id, with blanks between them. The ids are known
// when the environment is deployed.
type IDs string

// NewIDs returns the ids of clients by their names.
func NewIDs(byName map[string]string) IDs {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		words = append(words, name+"="+byName[name])
	}
	return IDs(strings.Join(words, " "))
}

// ByName returns the id of each client.
func (ids IDs) ByName() (map[string]string, error) {
	m := map[string]string{}
	for word := range strings.FieldsSeq(string(ids)) {
		name, id, _ := strings.Cut(word, "=")
		if name == "" || id == "" || m[name] != "" {
			return nil, fmt.Errorf("not the ids of clients: %q", word)
		}
		m[name] = id
	}
	return m, nil
}

// UnmarshalText accepts what [NewIDs] makes.
func (ids *IDs) UnmarshalText(b []byte) error {
	_, err := IDs(b).ByName()
	*ids = IDs(b)
	return err
}
