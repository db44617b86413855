package feed

// Split returns b as batches with no more than about so many bytes, without a position. What is gone comes first, as in
// one batch.
func (b *Batch) Split(bytes int) (parts []*Batch) {
	if !b.Empty() && b.Size() <= bytes {
		return []*Batch{b}
	}
	part, size := &Batch{}, 0
	room := func(n int) {
		if size > 0 && size+n > bytes {
			parts = append(parts, part)
			part, size = &Batch{}, 0
		}
		size += n
	}
	for i := range b.Forgotten {
		room(b.Forgotten[i].size())
		part.Forgotten = append(part.Forgotten, b.Forgotten[i])
	}
	for i := range b.Changes {
		room(b.Changes[i].size())
		part.Changes = append(part.Changes, b.Changes[i])
	}
	if !part.Empty() {
		parts = append(parts, part)
	}
	return parts
}

// overhead is about what an event takes beside its texts.
const overhead = 100

// Size returns about how many bytes b takes.
func (b *Batch) Size() (bytes int) {
	for i := range b.Forgotten {
		bytes += b.Forgotten[i].size()
	}
	for i := range b.Changes {
		bytes += b.Changes[i].size()
	}
	return bytes
}

func (f *Forgotten) size() int {
	n := overhead + len(f.Component)
	for _, c := range f.Lost {
		n += len(c.Metric) + 2
	}
	return n
}

func (c *Change) size() int {
	return overhead + len(c.Component) + len(c.Metric) + len(c.Value) + len(c.Source.Position.Sequence)
}
