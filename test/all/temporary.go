package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// patience is how long processes of the tests may take to end after the tests.
const patience = 20 * time.Second

// temporary is the folder for the temporary files of all tests, which are told by its name from other processes.
type temporary struct{ dir string }

// newTemporary makes the folder. It has the same name in every run in a checkout, unless two run at once, because go
// test takes the result of a test out of its cache only where the environment is the same.
func newTemporary() (temporary, error) {
	here, err := os.Getwd()
	if err != nil {
		return temporary{}, err
	}
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("twin-tests-%x", sha256.Sum256([]byte(here)))[:len("twin-tests-")+12])
	if err := os.Mkdir(dir, 0o700); err != nil {
		dir, err = os.MkdirTemp("", "twin-tests-")
		return temporary{dir}, err
	}
	return temporary{dir}, nil
}

// environment is that of the tests.
func (t temporary) environment(more ...string) []string {
	return append(os.Environ(), append(more, "TMPDIR="+t.dir, "TMP="+t.dir, "TEMP="+t.dir)...)
}

func (t temporary) remove() {
	_ = os.RemoveAll(t.dir) // what stays is below the system's temporary folder
}

// left are the files and processes that the tests have left behind. Processes get some time to end.
func (t temporary) left(patience time.Duration) (all []string) {
	for deadline := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		all = t.processes()
		if len(all) == 0 || time.Now().After(deadline) {
			break
		}
	}
	entries, err := os.ReadDir(t.dir)
	if err != nil {
		return append(all, err.Error())
	}
	for _, e := range entries {
		all = append(all, "file "+e.Name())
	}
	return all
}

// processes are those that have the environment of the tests, where the system shows that as Linux does.
func (t temporary) processes() (all []string) {
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		environment, err := os.ReadFile(filepath.Join(folder, "environ"))
		if err != nil || !strings.Contains("\x00"+string(environment), "\x00TMPDIR="+t.dir+"\x00") {
			continue // another's, or gone
		}
		command, err := os.ReadFile(filepath.Join(folder, "cmdline"))
		if err != nil || len(command) == 0 {
			continue // it has ended, and is not waited for yet
		}
		line := strings.ReplaceAll(strings.TrimRight(string(command), "\x00"), "\x00", " ")
		all = append(all, fmt.Sprintf("process %s: %.200s", filepath.Base(folder), line))
	}
	return all
}
