package wiring

import "time"

// CatalogueAge is for how long the functions behind the API keep the catalogue, and so how long a new dataset may go
// unseen.
const CatalogueAge = time.Minute
