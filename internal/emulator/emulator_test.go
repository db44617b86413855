package emulator

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Ensure that an emulator starts empty, answers, and ends with its test.
func TestDynamoDB(t *testing.T) {
	var url string
	t.Run("lives", func(t *testing.T) {
		url = DynamoDB(t)
		out, err := Client(url).ListTables(t.Context(), &dynamodb.ListTablesInput{})
		if err != nil || len(out.TableNames) != 0 {
			t.Errorf("%v, %v", out, err)
		}
	})
	if url == "" {
		return // it was skipped
	}
	if response, err := http.Get(url); err == nil {
		_ = response.Body.Close()
		t.Error("the emulator outlives its test")
	}
}

// Ensure that a binary that was changed is not run, and is replaced. The npm of this test packs the binary of the
// cache, so that it needs no network.
func TestFetch(t *testing.T) {
	DynamoDB(t) // or skip
	cached, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	packed := filepath.Join(t.TempDir(), "packed.tgz")
	pack(t, packed, cached)
	bin := t.TempDir()
	script := `#!/bin/sh
[ "$*" = "pack --ignore-scripts ` + npmPackage + "@" + version + `" ] && exec /bin/cp "` + packed + `" dynoxide.tgz
`
	if err := os.WriteFile(filepath.Join(bin, "npm"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)

	dir := t.TempDir()
	path := filepath.Join(dir, "dynoxide")
	if err := os.WriteFile(path, []byte("#!/bin/sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := check(path); err == nil || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("got %v", err)
	}
	if err := fetch(dir, path); err != nil {
		t.Fatal(err)
	}
	if err := check(path); err != nil {
		t.Error(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// pack makes an archive as npm does, with the binary in it.
func pack(t *testing.T, archive, binary string) {
	t.Helper()
	data, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	zipped, _ := gzip.NewWriterLevel(&b, gzip.NoCompression)
	entries := tar.NewWriter(zipped)
	for name, content := range map[string][]byte{"package/package.json": []byte("{}"), "package/dynoxide": data} {
		if err := entries.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := entries.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(entries.Close(), zipped.Close(), os.WriteFile(archive, b.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// Ensure that where npm is missing, the cause is said.
func TestFetch_NoNPM(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := fetch(t.TempDir(), "x"); err == nil || !strings.Contains(err.Error(), "no npm") {
		t.Errorf("got %v", err)
	}
}
