// Package page is the explorer page: static files that a browser runs as they are, without a build step.
//
// [Handler] serves them on a laptop; [Files] has them for a bucket. The page is a client of the API like any other: it
// reads /v1, and nothing else is served to it but config.json ([Config]).
//
// The scripts below static/js are ES modules, one concept a file. Files of others lie below vendor, with their
// versions, licences and hashes in [vendored].
//
// Caveats:
//   - The page has no origin but its own and that of the API: [Policy] lets it load nothing else, and has no inline
//     code. So no element has an attribute style, and no text of the twin is ever parsed as HTML.
//   - vendor is no Go vendor directory; Go ignores it but for the embedding.
package page

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"slices"
	"strings"
)

//go:embed static vendor
var files embed.FS

// File is one file of the page.
type File struct {
	Path string // below the address of the page: index.html, docs, or page/js/app.js
	Type string // the media type
	Body []byte
}

// Index is the path of the file that is served at the address of the page itself, and Docs that of the document of the
// API for people.
const (
	Index = "index.html"
	Docs  = "docs"
)

// Root is the folder of all other files.
const Root = "page/"

// Files returns the files of the page in the order of their paths, but for config.json.
func Files() []File {
	var all []File
	for _, dir := range []string{"static", "vendor"} {
		err := fs.WalkDir(files, dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			body, err := files.ReadFile(name)
			all = append(all, File{Path: served(name), Type: typeOf(name), Body: body})
			return err
		})
		if err != nil {
			panic("BUG: an embedded file cannot be read: " + err.Error())
		}
	}
	slices.SortFunc(all, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// Version tells the files of one version of the page from those of another.
func Version() string {
	sum := sha256.New()
	for _, f := range Files() {
		fmt.Fprintf(sum, "%s %s %d\n", f.Path, f.Type, len(f.Body))
		sum.Write(f.Body)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// served is the path of an embedded file below the address of the page.
func served(name string) string {
	switch name = strings.TrimPrefix(name, "static/"); name {
	case Index:
		return Index
	case Docs + ".html":
		return Docs
	}
	return Root + name
}

// typeOf is the media type of a file: not that of the machine's own table, which differs from place to place.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".json":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".LICENSE":
		return "text/plain; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}
