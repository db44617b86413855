// Command query is the Lambda function behind the REST API: it makes an HTTP request of what API Gateway
// hands over, and lets internal/api answer it from the table.
package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/start"
	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func main() { start.Function(open) }

func open() (*handler, error) {
	settings, err := wiring.FromEnv[wiring.Query]()
	if err != nil {
		return nil, err
	}
	config, err := awsconfig.FromEnv()
	if err != nil {
		return nil, err
	}
	return newHandler(dynamo.New(dynamodb.NewFromConfig(config), settings.Table, nil), settings), nil
}

// catalogueAge is how long a new dataset may go unseen.
const catalogueAge = time.Minute

// newHandler returns the function's handler over a store.
func newHandler(reader api.Reader, settings wiring.Query) *handler {
	return &handler{
		api: api.New(api.Config{
			Reader: reader, CatalogueAge: catalogueAge, Base: base,
			OAuth: oauth(settings),
		}),
		origins: newOrigins(settings.Origins),
	}
}

// oauth is how a caller gets a token.
func oauth(settings wiring.Query) *api.OAuth {
	o := &api.OAuth{Issuer: settings.Issuer, TokenURL: settings.TokenURL, Scope: settings.Scope}
	if settings.SignInClient != "" {
		o.SignIn = &api.SignIn{
			URL: settings.SignInURL, ClientID: settings.SignInClient, Scopes: []string{settings.Scope},
			Redirects: strings.Fields(settings.Redirects),
		}
	}
	return o
}

type handler struct {
	api     http.Handler
	origins origins
}

// Invoke answers one call.
func (h *handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	ctx, cancel := trigger.Before(ctx, time.Second) // so that a slow store is a problem, and no timeout
	defer cancel()
	r, err := request(ctx, payload)
	if err != nil {
		return nil, err
	}
	answer := func(serve http.HandlerFunc) ([]byte, error) {
		w := &response{header: http.Header{}}
		h.origins.allow(w.header, r.Header.Get("Origin"))
		serve(w, r)
		return w.encode()
	}
	b, err := answer(h.api.ServeHTTP)
	if err == nil && len(b) > maxAnswer {
		return answer(api.TooLarge)
	}
	return b, err
}
