package api

// components serves a page of the list of components.
func (h *handler) components(c *call) (answer, error) {
	v, err := h.viewOf(c)
	if err != nil {
		return answer{}, err
	}
	from, err := c.begin()
	if err != nil {
		return answer{}, err
	}
	l := list{handler: h, view: v, prefix: c.prefix}
	found, err := l.next(c.Context(), from.component, c.limit+1)
	if err != nil {
		return answer{}, err
	}
	names := found.names
	if l.stopped && len(names) == 0 {
		return answer{}, l.tooLong()
	}
	a := answer{body: append(c.body, `{"components":[`...)}
	for i, name := range names {
		if i == c.limit || i > 0 && len(a.body)+maxEntry > maxBody {
			a.next = h.nextPage(c, position{component: names[i-1]})
			break
		}
		if i > 0 {
			a.body = append(a.body, ',')
		}
		a.body = appendString(a.body, name)
	}
	if l.stopped && a.next == nil {
		a.next = h.nextPage(c, position{component: names[len(names)-1]})
	}
	a.body = appendNext(append(a.body, ']'), a.next)
	return a, nil
}

// twin serves all readings of a component.
func (h *handler) twin(c *call) (answer, error) {
	component := c.names[0]
	v, err := h.viewOf(c)
	if err != nil {
		return answer{}, err
	}
	readings, err := h.read(c.Context(), v, component, c.metrics)
	if err != nil {
		return answer{}, err
	}
	if len(readings) == 0 {
		if err := h.mustKnow(c.Context(), v, component, c.metrics); err != nil {
			return answer{}, err
		}
	}
	b := append(c.body, `{"component":`...)
	b = appendString(b, component)
	b = append(b, `,"readings":[`...)
	for i := range readings {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.appendReading(b, &readings[i], c.source)
	}
	return answer{body: append(b, "]}"...)}, nil
}

// reading serves one reading.
func (h *handler) reading(c *call) (answer, error) {
	component, metric := c.names[0], c.names[1]
	v, err := h.viewOf(c)
	if err != nil {
		return answer{}, err
	}
	readings, err := h.read(c.Context(), v, component, []string{metric})
	if err != nil {
		return answer{}, err
	}
	if len(readings) == 0 {
		return answer{}, h.noMetric(c.Context(), v, component, metric)
	}
	return answer{body: v.appendReading(c.body, &readings[0], c.source)}, nil
}
