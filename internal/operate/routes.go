package operate

// Route is a path and a method that [Handler] serves, with names in braces where a path has an id.
type Route struct{ Method, Path string }

// Routes are all of them.
func Routes() (all []Route) {
	for _, r := range routes {
		all = append(all, Route{r.method, r.pattern})
	}
	return all
}
