package emulator

import (
	"net/http"
	"os"
	"os/exec"
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
		t.Skip("there is no emulator")
	}
	if response, err := http.Get(url); err == nil {
		_ = response.Body.Close()
		t.Error("the emulator outlives its test")
	}
}

// Ensure that a binary that was changed is not run, and is replaced.
func TestFetch(t *testing.T) {
	if _, err := binary(); err != nil {
		t.Skip(err)
	}
	if _, err := exec.LookPath("npm"); err != nil && os.Getenv("TWIN_REQUIRE") != "all" {
		t.Skip("there is no npm to fetch the emulator with; the one in the cache serves the other tests")
	}
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

// Ensure that where npm is missing, the cause is said.
func TestFetch_NoNPM(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := fetch(t.TempDir(), "x"); err == nil || !strings.Contains(err.Error(), "no npm") {
		t.Errorf("got %v", err)
	}
}
