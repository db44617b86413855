package client

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
)

// Pages returns the entries of a list page by page: those of the member of each body, such as readings. It follows
// cursors and no links, so that every page comes from the same twin. It ends after the first error.
func (c *Client) Pages(
	ctx context.Context, path string, query url.Values, member string,
) iter.Seq2[[]json.RawMessage, error] {
	return func(yield func([]json.RawMessage, error) bool) {
		query = clone(query)
		for {
			at := path + "?" + query.Encode()
			var page map[string]json.RawMessage
			var entries []json.RawMessage
			var cursor *string
			err := c.Call(ctx, http.MethodGet, at, nil, &page)
			if err == nil {
				err = c.decode(path, page[member], &entries)
			}
			if raw, ok := page["cursor"]; ok && err == nil {
				err = c.decode(path, raw, &cursor)
			}
			if err == nil && cursor != nil && *cursor == query.Get("cursor") {
				err = fmt.Errorf("%s%s gives the same page again: its cursor does not move", c.base, path)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(entries, nil) || cursor == nil {
				return
			}
			query.Set("cursor", *cursor)
		}
	}
}

func clone(query url.Values) url.Values {
	copied := url.Values{}
	for name, values := range query {
		copied[name] = append([]string(nil), values...)
	}
	return copied
}
