package rehearsal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/railtwin/digitaltwin/internal/assembly"
)

// edited is a copy of a synthesized app that is changed as another synth would change it: templates and assets have the
// hashes of their content, by which the command line of the CDK knows what to publish. A synth takes twenty seconds of
// a core.
type edited struct{ dir string }

// edit copies the app that a checkout has synthesized to a folder beside it, which takes the place of an older one.
func (c checkout) edit(name string) (edited, error) {
	e := edited{filepath.Join(c.dir, name)}
	if err := os.RemoveAll(e.dir); err != nil {
		return e, err
	}
	return e, os.CopyFS(e.dir, os.DirFS(filepath.Join(c.dir, "cdk.out")))
}

// id is the logical name of a resource by its place in an environment, such as Twin/Table.
func (e edited) id(environment, place string) (string, error) {
	app, err := assembly.Read(e.dir)
	if err != nil {
		return "", err
	}
	r := app.Find(environment, place)
	if r == nil {
		return "", fmt.Errorf("%s has no %s", environment, place)
	}
	return r.ID, nil
}

// replace replaces texts of a stack's template, each of which has to be there: old, new, old, new.
func (e edited) replace(stack string, texts ...string) error {
	return e.change(stack, func(template []byte) ([]byte, error) {
		for i := 0; i < len(texts); i += 2 {
			if !strings.Contains(string(template), texts[i]) {
				return nil, fmt.Errorf("the template of %s has no %q", stack, texts[i])
			}
		}
		return []byte(strings.NewReplacer(texts...).Replace(string(template))), nil
	})
}

// resources changes the resources of a stack's template.
func (e edited) resources(stack string, change func(map[string]any)) error {
	return e.change(stack, func(text []byte) ([]byte, error) {
		var template map[string]any
		if err := json.Unmarshal(text, &template); err != nil {
			return nil, err
		}
		change(template["Resources"].(map[string]any))
		return json.MarshalIndent(template, "", " ")
	})
}

// change changes a template, and its hash wherever it stands.
func (e edited) change(stack string, change func([]byte) ([]byte, error)) error {
	file := filepath.Join(e.dir, stack+".template.json")
	before, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	after, err := change(before)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, after, 0o644); err != nil {
		return err
	}
	for _, name := range []string{stack + ".assets.json", "manifest.json"} {
		if err := e.rewrite(name, hash(before), hash(after)); err != nil {
			return err
		}
	}
	return nil
}

// code puts a binary in the place of the code of a function in a stack.
func (e edited) code(stack, function string, binary []byte) error {
	app, err := assembly.Read(e.dir)
	if err != nil {
		return err
	}
	for _, s := range app.Stacks {
		r := s.Resources[function]
		if s.Name != stack || r == nil {
			continue
		}
		old, fresh := strings.TrimSuffix(r.Text("Code", "S3Key"), ".zip"), hash(binary)
		folder := filepath.Join(e.dir, "asset."+fresh)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, "bootstrap"), binary, 0o755); err != nil {
			return err
		}
		if err := e.rewrite(stack+".assets.json", old, fresh); err != nil {
			return err
		}
		return e.replace(stack, old, fresh)
	}
	return fmt.Errorf("%s has no function %s", stack, function)
}

// remove takes a stack out of the app.
func (e edited) remove(stack string) error {
	file := filepath.Join(e.dir, "manifest.json")
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var manifest map[string]any
	if err := json.Unmarshal(b, &manifest); err != nil {
		return err
	}
	artifacts := manifest["artifacts"].(map[string]any)
	delete(artifacts, stack)
	delete(artifacts, stack+".assets")
	if b, err = json.Marshal(manifest); err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o644)
}

// rewrite replaces a text wherever it stands in a file, in which it has to be.
func (e edited) rewrite(name, from, to string) error {
	file := filepath.Join(e.dir, name)
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !strings.Contains(string(b), from) {
		return fmt.Errorf("%s has no %s", name, from)
	}
	return os.WriteFile(file, []byte(strings.ReplaceAll(string(b), from, to)), 0o644)
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
