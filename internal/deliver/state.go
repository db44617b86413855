package deliver

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/railtwin/digitaltwin/internal/assembly"
)

// State is the folder that remembers what is deployed.
type State string

// The assemblies that are kept of an environment: what is deployed, what was good last, and before that.
const (
	deployed = "deployed"
	good     = "good"
	previous = "previous"
)

func (s State) file(environment string, name ...string) string {
	return filepath.Join(append([]string{string(s), environment}, name...)...)
}

// app reads the stacks of an environment of a kept assembly. The error is [fs.ErrNotExist] where none is kept.
func (s State) app(environment, name string) (*assembly.App, error) {
	folder := s.file(environment, name)
	if _, err := os.Stat(folder); err != nil {
		return nil, err
	}
	return appOf(folder, environment)
}

// stacks are the names of the stacks that are deployed; none where that is not known.
func (s State) stacks(environment string) ([]string, error) {
	app, err := s.app(environment, deployed)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return namesOf(app), nil
}

// Output is an output of a stack of the last deployment of an environment, "" where there is none: that of the core
// where several have it.
func (s State) Output(environment, name string) string {
	b, err := os.ReadFile(s.file(environment, "outputs.json"))
	if err != nil {
		return ""
	}
	var outputs map[string]map[string]string
	if json.Unmarshal(b, &outputs) != nil {
		return ""
	}
	return outputs["DigitalTwin-"+environment][name]
}

// keep keeps a copy of an assembly under a name, in place of the one that was there.
func (s State) keep(environment, name, folder string) error {
	to := s.file(environment, name)
	if same, err := filepath.Abs(folder); err == nil {
		if there, err := filepath.Abs(to); err == nil && same == there {
			return nil
		}
	}
	part := to + ".part"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	if err := link(folder, part); err != nil {
		return fmt.Errorf("keep the assembly: %w", err)
	}
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return os.Rename(part, to)
}

// good makes what is deployed the good one, and the one that was good before the previous.
func (s State) good(environment string) error {
	is, err := digest(s.file(environment, deployed))
	if err != nil {
		return fmt.Errorf("nothing is deployed to %s, as far as %s knows: %w", environment, s, err)
	}
	was, err := digest(s.file(environment, good))
	if err == nil && was == is {
		return nil
	}
	if err == nil {
		if err := s.keep(environment, previous, s.file(environment, good)); err != nil {
			return err
		}
	}
	return s.keep(environment, good, s.file(environment, deployed))
}

// before is the folder of the last good assembly that is not the one that is deployed.
func (s State) before(environment string) (string, error) {
	is, err := digest(s.file(environment, deployed))
	if err != nil {
		return "", errNothingGood
	}
	for _, name := range []string{good, previous} {
		if was, err := digest(s.file(environment, name)); err == nil && was != is {
			return s.file(environment, name), nil
		}
	}
	return "", errNothingGood
}

// digest tells assemblies apart: by their templates, in which assets have their hashes.
func digest(folder string) (string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.template.json"))
	if err != nil || len(files) == 0 {
		return "", fmt.Errorf("%s: %w", folder, fs.ErrNotExist)
	}
	h := sha256.New()
	for _, file := range files { // in the order of their names
		b, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n", filepath.Base(file), len(b))
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// link copies a folder, by hard links where the file system can: functions in it are large, and a synth replaces files.
func link(from, to string) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := to + strings.TrimPrefix(path, from)
		if e.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		if strings.HasSuffix(path, ".json") || os.Link(path, target) != nil { // templates are written in place
			return copyFile(path, target)
		}
		return nil
	})
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}
