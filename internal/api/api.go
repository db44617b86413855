package api

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Reader is the side of a store that the API needs. Lists are in byte order.
type Reader interface {
	// Datasets returns the catalogue.
	Datasets(ctx context.Context) ([]twin.Dataset, error)

	// Components lists the components that have an item of one of the datasets: fewer than the limit
	// only where the list ends.
	Components(ctx context.Context, q store.ComponentQuery) ([]string, error)

	// Readings returns the readings of the components, one per component, metric and dataset, in memory that
	// the API may change.
	Readings(ctx context.Context, q store.ReadingQuery) ([]twin.Reading, error)
}

// Config is what a handler is made of. Only Reader is required.
type Config struct {
	Reader Reader

	// Authenticated says that each call but the public ones must have a caller in its context ([access.NewContext]),
	// with the scope [access.ScopeRead]. Otherwise everybody may read everything.
	Authenticated bool

	// Rules say what an authenticated caller may read; nil is everything.
	Rules *access.Rules

	// CatalogueAge is how long the catalogue may be used before it is read again. It saves one read of the
	// store per request, and a new dataset is seen that much later. 0 reads it for every request.
	CatalogueAge time.Duration

	// CatalogueStale is called when the catalogue cannot be read again and the last one goes on. It may be nil.
	CatalogueStale func(failure error)

	// Base returns the URL before /v1 that the caller used, such as https://api.example.com/prod, for the links to
	// next pages. The default is scheme and host of the request.
	Base func(*http.Request) string

	// Health returns why the API cannot serve, for the caller of GET /v1/health, which is 503 then. The default is
	// that it can: a liveness check does not ask the store.
	Health func(context.Context) error

	// Changes is the change feed; without a log there is none.
	Changes Changes

	// Stream says that an answer may be sent while it is made, and be of any length: not by a Lambda function.
	Stream bool

	// Inside is what the twin tells of itself beside its readings; nil tells nothing.
	Inside Inside
	// InsideElsewhere says that another handler serves the calls that need Inside, for the OpenAPI document.
	InsideElsewhere bool

	// Environment is the name of the environment, such as prod, for GET /v1; "" is not told.
	Environment string

	// Operations says that /v1/operations is served beside it (package operate), for the OpenAPI document.
	Operations bool

	// OAuth is how a caller gets a token, for the OpenAPI document and GET /v1. Nil says that none is needed.
	OAuth *OAuth

	Now func() time.Time // nil is time.Now
	Log *slog.Logger     // takes failures of the store and panics; nil is slog.Default()
}

type handler struct {
	Config
	catalogue catalogue
	document  func() openAPIDocument
	encoded   encodings // of changes
}

// New returns the handler of /v1. It panics without a Reader.
func New(c Config) http.Handler {
	if c.Reader == nil {
		panic("api: New needs Config.Reader")
	}
	if c.Base == nil {
		c.Base = origin
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	h := &handler{
		Config: c,
		document: sync.OnceValue(func() openAPIDocument { // not when a function starts
			d := readOpenAPI(c.servedRoutes())
			if c.Operations {
				d = withOperations(d)
			}
			return d
		}),
	}
	h.Changes.complete()
	h.catalogue = newCatalogue(&h.Config)
	return h
}

// origin returns scheme and host of a request.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
