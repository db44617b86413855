package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// target is a fuzz target.
type target struct {
	pkg  string // import path
	dir  string
	name string
}

func (t target) String() string { return strings.TrimPrefix(t.pkg, t.module()+"/") + "." + t.name }

var declaration = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)

// list finds the targets of the module whose package and name contain pattern. Their files are read
// rather than asked, because go test -list would build the tests of every package.
func list(pattern string) ([]target, error) {
	out, err := exec.Command("go", "list", "-json=Dir,ImportPath,TestGoFiles,XTestGoFiles", "./...").Output()
	if err != nil {
		return nil, err
	}
	var targets []target
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Dir, ImportPath           string
			TestGoFiles, XTestGoFiles []string
		}
		if err := decoder.Decode(&p); err == io.EOF {
			return targets, nil
		} else if err != nil {
			return nil, err
		}
		for _, name := range append(p.TestGoFiles, p.XTestGoFiles...) {
			source, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				return nil, err
			}
			for _, found := range declaration.FindAllSubmatch(source, -1) {
				t := target{p.ImportPath, p.Dir, string(found[1])}
				if strings.Contains(t.String(), pattern) {
					targets = append(targets, t)
				}
			}
		}
	}
}

// module is the path of the module that the target is in.
func (t target) module() string {
	return strings.Join(strings.SplitN(t.pkg, "/", 4)[:3], "/")
}
