package extraction

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Bindings say which tables read a source.
type Bindings struct {
	tables map[string][]int // by source
	only   []int            // of the one source that there is
}

// Bind finds the tables of a program that the sources name. Of a program with sources of several kinds a
// function has those of its own kind only. The error says that one is not the other's.
func Bind(p *extract.Program, sources wiring.Sources) (Bindings, error) {
	byTable, err := sources.ByTable()
	if err != nil {
		return Bindings{}, err
	}
	b := Bindings{tables: map[string][]int{}}
	for i, t := range p.Tables() { // in the order of the file
		source, ok := byTable[t.Name]
		if !ok {
			continue
		}
		b.tables[source] = append(b.tables[source], i)
		delete(byTable, t.Name)
	}
	if len(byTable) > 0 {
		return b, fmt.Errorf("the extractor has no table %s", strings.Join(slices.Sorted(maps.Keys(byTable)), ", "))
	}
	if len(b.tables) == 0 {
		return b, fmt.Errorf("no table of the extractor has a source")
	}
	for _, tables := range b.tables {
		if b.only = tables; len(b.tables) > 1 {
			b.only = nil
		}
	}
	return b, nil
}

// Sources are the sources in order.
func (b Bindings) Sources() []string { return slices.Sorted(maps.Keys(b.tables)) }

// Tables returns the tables that read a source. Where there is one source only, every record is its.
func (b Bindings) Tables(source string) ([]int, error) {
	if b.only != nil {
		return b.only, nil
	}
	tables, ok := b.tables[source]
	if !ok {
		return nil, fmt.Errorf("no table reads %s: there are %s", source, strings.Join(b.Sources(), ", "))
	}
	return tables, nil
}
