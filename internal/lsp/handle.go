package lsp

import (
	"encoding/json"
)

// position is a place in a document: line and UTF-16 unit, from 0.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

type textRange struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

type location struct {
	URI   string    `json:"uri"`
	Range textRange `json:"range"`
}

// params are those of the requests that are answered.
type params struct {
	TextDocument struct {
		URI  string `json:"uri"`
		Text string `json:"text"`
	} `json:"textDocument"`
	Position       position `json:"position"`
	ContentChanges []struct {
		Text string `json:"text"`
	} `json:"contentChanges"`
}

// capabilities are what the server does.
var capabilities = map[string]any{
	"positionEncoding":           "utf-16",
	"textDocumentSync":           map[string]any{"openClose": true, "change": 1}, // whole documents
	"hoverProvider":              true,
	"definitionProvider":         true,
	"documentFormattingProvider": true,
	"completionProvider":         map[string]any{"triggerCharacters": []string{".", "'"}},
}

// handle returns the result of a request. The error is a *responseError, or that of writing.
func (s *server) handle(q *request) (any, error) {
	var p params
	if len(q.Params) > 0 && q.Method != "initialize" {
		if err := json.Unmarshal(q.Params, &p); err != nil {
			return nil, &responseError{invalidParams, err.Error()}
		}
	}
	switch q.Method {
	case "initialize":
		s.initialized = true
		return map[string]any{"capabilities": capabilities,
			"serverInfo": map[string]any{"name": "twin", "version": s.version}}, nil
	case "shutdown":
		s.ended = true
		return nil, nil
	}
	if !s.initialized {
		return nil, &responseError{notInitialized, "initialize comes first"}
	}
	switch q.Method {
	case "initialized", "$/cancelRequest", "$/setTrace", "workspace/didChangeConfiguration", "textDocument/didSave":
		return nil, nil
	case "textDocument/didOpen":
		return nil, s.open(p.TextDocument.URI, p.TextDocument.Text)
	case "textDocument/didChange":
		if n := len(p.ContentChanges); n > 0 {
			return nil, s.open(p.TextDocument.URI, p.ContentChanges[n-1].Text)
		}
		return nil, nil
	case "textDocument/didClose":
		delete(s.documents, p.TextDocument.URI)
		return nil, s.notify("textDocument/publishDiagnostics",
			map[string]any{"uri": p.TextDocument.URI, "diagnostics": []diagnostic{}})
	}
	d := s.documents[p.TextDocument.URI]
	if d == nil {
		switch q.Method {
		case "textDocument/hover", "textDocument/completion", "textDocument/definition", "textDocument/formatting":
			return nil, &responseError{invalidParams, "the document is not open: " + p.TextDocument.URI}
		}
		return nil, &responseError{methodNotFound, "there is no method " + q.Method}
	}
	switch q.Method {
	case "textDocument/hover":
		return d.hover(d.offset(p.Position)), nil
	case "textDocument/completion":
		return d.complete(d.offset(p.Position)), nil
	case "textDocument/definition":
		return d.definition(d.offset(p.Position)), nil
	case "textDocument/formatting":
		return d.format()
	}
	return nil, &responseError{methodNotFound, "there is no method " + q.Method}
}

// open takes a document, or its next version, and publishes what is wrong with it.
func (s *server) open(uri, text string) error {
	d := newDocument(uri, text)
	s.documents[uri] = d
	return s.notify("textDocument/publishDiagnostics", map[string]any{"uri": uri, "diagnostics": d.diagnostics()})
}
