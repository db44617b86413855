package dynamo

import (
	"context"
	"sync"

	"github.com/railtwin/digitaltwin/internal/twin"
)

const attrExtractor, attrStream = "extractor", "stream"

// origins are those that were read. They never change, as their id is a hash.
type origins struct {
	mu   sync.RWMutex
	byID map[originID]origin
}

func (o *origins) get(id originID) (origin, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	v, ok := o.byID[id]
	return v, ok
}

func (o *origins) add(id originID, v origin) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.byID == nil {
		o.byID = map[originID]origin{}
	}
	o.byID[id] = v
}

// resolve completes the lineage of readings, whose origins have these ids. One that the table does
// not hold stays empty: a reading is worth serving without it.
func (s *Store) resolve(ctx context.Context, readings []twin.Reading, ids []originID) (err error) {
	var missing []originID
	var keys []item
	asked := map[originID]bool{{}: true}
	for _, id := range ids {
		if _, known := s.origins.get(id); !known && !asked[id] {
			asked[id] = true
			missing, keys = append(missing, id), append(keys, catalogueKey(partOrigin+id.String()))
		}
	}
	if len(keys) > 0 {
		s.batchGet(ctx, keys, false, func(i int, it item, failed error) {
			if failed != nil {
				err = failed
			} else if it != nil {
				s.origins.add(missing[i], origin{textOf(it[attrExtractor]), textOf(it[attrStream])})
			}
		})
	}
	for i, id := range ids {
		o, _ := s.origins.get(id)
		readings[i].Source.Extractor, readings[i].Source.Position.Stream = o.extractor, o.stream
	}
	return err
}
