package rehearsal

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// checkout is a copy of what the app is made of, which a rehearsal can edit as an engineer edits it.
type checkout struct{ dir string }

// newCheckout copies the repository at root to dir. What it builds goes into the folder shared.
func newCheckout(root, dir, shared string) (checkout, error) {
	for _, name := range []string{"app.go", "cdk.json", "go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return checkout{}, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			return checkout{}, err
		}
	}
	for _, name := range []string{"constructs", "extractors", "functions", "internal"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(root, name))); err != nil {
			return checkout{}, err
		}
	}
	// What is built and packed of the same sources lies in one place for all checkouts.
	packed := filepath.Join(shared, "packed")
	return checkout{dir}, errors.Join(
		os.MkdirAll(packed, 0o755), os.Symlink(shared, filepath.Join(dir, "dist")),
		os.Mkdir(filepath.Join(dir, "cdk.out"), 0o755), os.Symlink(packed, filepath.Join(dir, "cdk.out", ".cache")),
	)
}

// environment is the name of the one environment of the rehearsal, visitor that of a client with limits, and mapServer
// that of one that may not read all.
const (
	environment = "rehearsal"
	visitor     = "visitor"
	mapServer   = "map"
)

// accessFile is the file of grants.
const accessFile = "access.rehearsal.json"

// rate and burst are low enough for an emulator to be too fast for them, and daily for a test: it is what the client
// "visitor" may ask for a day. With it, every call needs an API key.
const rate, burst, daily = 25, 25, 3

// settings are those of something in cdk.json.
type settings map[string]any

// deploys makes the environment one like dev in cdk.json, with these datasets and their settings. It names who may use
// it.
func (c checkout) deploys(datasets map[string]settings) error {
	file := filepath.Join(c.dir, "cdk.json")
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var config map[string]any
	if err := json.Unmarshal(b, &config); err != nil {
		return err
	}
	context := config["context"].(map[string]any)
	environments := context["environments"].(map[string]any)
	like, ok := environments["dev"]
	if !ok {
		like = environments[environment] // edited before
	}
	of := like.(map[string]any)
	of["rate"], of["burst"] = rate, burst
	of["operators"] = []string{arnOf("operator")}
	of["clients"] = settings{
		"machine": settings{"readers": []string{arnOf("consumer")}},
		mapServer: settings{"readers": []string{arnOf("consumer")}},
		visitor:   settings{"readers": []string{arnOf(visitor)}, "daily": daily},
	}
	of["people"] = settings{"callbackUrls": []string{callback}, "operate": true}
	of["access"] = accessFile
	of["datasets"] = datasets
	context["environments"] = map[string]any{environment: of}
	if b, err = json.MarshalIndent(config, "", "  "); err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o644)
}

// replace replaces a text that is in a file exactly once.
func (c checkout) replace(name, from, to string) error {
	file := filepath.Join(c.dir, name)
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if n := strings.Count(string(b), from); n != 1 {
		return fmt.Errorf("%s has %q %d times, want once", name, from, n)
	}
	return os.WriteFile(file, []byte(strings.Replace(string(b), from, to, 1)), 0o644)
}

// wagonSQL is the file that engineers change. Where two tests end with the same text, the app is linked once for both.
var wagonSQL = filepath.Join("extractors", "wagon_telemetry.sql")

// renameMetric calls the speed of a wagon its velocity.
func (c checkout) renameMetric() error {
	return c.replace(wagonSQL, "SELECT component, 'speed', ", "SELECT component, 'velocity', ")
}

// raiseRevision makes readings of the changed file win against those of before.
func (c checkout) raiseRevision() error {
	const interval = "SET 'twin.interval'            = '10 s';"
	return c.replace(wagonSQL, interval, "SET 'twin.revision' = '2';\n"+interval)
}
