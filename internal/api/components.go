package api

// components serves a page of the list of components.
func (h *handler) components(c *call) (answer, error) { return h.list(c, h.fill) }

// twin serves all readings of a component.
func (h *handler) twin(c *call) (answer, error) {
	component := c.names[0]
	v, err := h.viewOf(c)
	if err != nil {
		return answer{}, err
	}
	readings, err := h.read(c.Context(), v, component, c.reads())
	if err != nil {
		return answer{}, err
	}
	p := &page{call: c, view: v, wanted: c.wanted()}
	if len(readings) == 0 {
		if err := h.mustKnow(c.Context(), v, component, c.metrics); err != nil {
			return answer{}, err
		}
	}
	if c.form.twin != nil {
		return answer{body: c.form.twin(c.body, p, component, readings)}, nil
	}
	b := append(c.body, c.form.begin(c)...)
	for i := range readings {
		b, _ = c.form.entry(b, p, component, readings[i:i+1])
	}
	return answer{body: b}, nil
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
