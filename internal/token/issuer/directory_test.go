package issuer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Ensure that the files are made once, for nobody else to read, and are not used if others can.
func TestFiles(t *testing.T) {
	file, keys := filepath.Join(t.TempDir(), "auth.json"), filepath.Join(t.TempDir(), "key.json")
	d, err := LoadDirectory(file)
	if err != nil || len(d.Clients["machine"].Secret) < 20 || len(d.People["operator"].Password) < 20 {
		t.Fatalf("%+v, %v", d, err)
	}
	again, err := LoadDirectory(file)
	if err != nil || again.Clients["machine"].Secret != d.Clients["machine"].Secret {
		t.Errorf("read again: %+v, %v", again, err)
	}
	k, err := LoadKey(keys)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := LoadKey(keys); err != nil || again.KeyID != k.KeyID || k.Algorithm != "RS256" {
		t.Errorf("the key again: %v, %v", again.KeyID, err)
	}
	for _, name := range []string{file, keys} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		if err := os.Chmod(name, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := LoadDirectory(file); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Error(err)
	}
	if _, err := LoadKey(keys); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Error(err)
	}
}

// Ensure that a mistake in the directory is said.
func TestDirectoryMistakes(t *testing.T) {
	for text, want := range map[string]string{
		`{"clients":{"map":{"secret":"s"}}}`:                         "",
		`{"clients":{"map":{"secret":""}}}`:                          "clients.map.secret is empty",
		`{"clients":{"map":{"secret":"s","scopes":["twin/rea"]}}}`:   `"twin/rea": want twin/read or twin/operate`,
		`{"clients":{"a b":{"secret":"s"}}}`:                         "without white space",
		`{"clients":{"people":{"secret":"s"}}}`:                      `other than "people"`,
		`{"people":{"ada":{}}}`:                                      "people.ada.password is empty",
		`{"people":{"ada":{"password":"p","groups":["two words"]}}}`: "people.ada.groups",
		`{"people":{"ada":{"pasword":"p"}}}`:                         "pasword",
		`[]`:                                                         "array",
		``:                                                           "EOF",
	} {
		file := filepath.Join(t.TempDir(), "auth.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := LoadDirectory(file)
		if (err == nil) != (want == "") || err != nil &&
			!(strings.Contains(err.Error(), want) && strings.Contains(err.Error(), file)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
