package diag

import "github.com/railtwin/digitaltwin/internal/spelling"

// Nearest is [spelling.Nearest], for the hints of diagnostics.
func Nearest(name string, candidates []string) string { return spelling.Nearest(name, candidates) }
