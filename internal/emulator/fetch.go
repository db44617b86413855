package emulator

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

const (
	npmPackage = "@dynoxide/linux-x64"
	version    = "1.2.1"
	hash       = "be909b7910d3fb552e85db10ef3c8ebae4bd35fee0f26dffdb6dfa5cc656426e" // SHA-256 of the binary
)

// binary returns the path of the emulator and fetches it where it is not there yet.
var binary = sync.OnceValues(func() (string, error) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return "", fmt.Errorf("%s has no binary for %s/%s", npmPackage, runtime.GOOS, runtime.GOARCH)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "digitaltwin", "dynoxide-"+version)
	path := filepath.Join(dir, "dynoxide")
	if check(path) == nil {
		return path, nil
	}
	return path, fetch(dir, path)
})

// check says whether the file at path is the binary that is meant.
func check(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != hash {
		return fmt.Errorf("%s has the SHA-256 %x and not %s", path, sum, hash)
	}
	return nil
}

// fetch packs the package with npm, without running any script of it, and puts its binary at path.
// Test processes may do so at the same time: each works in a folder of its own and renames.
func fetch(dir, path string) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("there is no npm to fetch the emulator with")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(dir, "fetch-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temporary) }()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "pack", "--ignore-scripts", npmPackage+"@"+version)
	cmd.Dir = temporary
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm pack %s@%s: %w: %s", npmPackage, version, err, lastLine(out))
	}
	packed, err := filepath.Glob(filepath.Join(temporary, "*.tgz"))
	if err != nil || len(packed) != 1 {
		return fmt.Errorf("npm pack %s@%s made %q", npmPackage, version, packed)
	}
	extracted := filepath.Join(temporary, "dynoxide")
	if err := extract(packed[0], "package/dynoxide", extracted); err != nil {
		return err
	}
	if err := check(extracted); err != nil {
		return err
	}
	return os.Rename(extracted, path)
}

// extract writes one file of an archive as an executable.
func extract(archive, name, path string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	for entries := tar.NewReader(unzipped); ; {
		header, err := entries.Next()
		if err != nil {
			return fmt.Errorf("%s holds no %s: %w", archive, name, err)
		}
		if header.Name != name {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(entries, 64<<20))
		if err != nil {
			return fmt.Errorf("%s: %w", archive, err)
		}
		return os.WriteFile(path, data, 0o755)
	}
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
