package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/login/logintest"
)

// positions is a twin with the readings that the README shows.
var positions = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	const reading = `{"component":"wagon:%s","metric":"position","value":%s,"unit":"deg","eventTime":"2026-11-29T13:18:14.000Z",` +
		`"staleAt":"2026-11-29T13:18:44.000Z","dataset":"wagon_telemetry"}`
	fmt.Fprintf(w, `{"readings":[`+reading+`,`+reading+`],"cursor":null}`,
		"31-80-2742-785-1", `{"lat":47.435257,"lon":8.359045}`, "31-80-8094-244-0", `{"lat":47.35,"lon":8.21}`)
})

// Ensure that people and machines log in and read as the README shows, word for word but for addresses, times and
// folders, and that the commands which docs/people.md shows a consumer do it too.
func TestReadme_Login(t *testing.T) {
	readme, people := readReadme(t), readFile(t, "../../docs/people.md")
	home(t)
	issuer := logintest.NewIssuer(t)
	server := issuer.Twin(t, positions)
	t.Chdir(t.TempDir())
	credentials := fmt.Sprintf(`{"clientId":%q,"clientSecret":%q,"apiUrl":"%s/v1"}`, logintest.MachineID,
		logintest.MachineSecret, server.URL)
	write(t, "client.json", credentials)
	var out output
	before := openBrowser
	defer func() { openBrowser = before }()
	openBrowser = func(address string) error {
		go func() {
			if response, err := http.Get(address); err == nil {
				response.Body.Close()
			}
		}()
		return nil
	}
	masked := func(text string) string {
		text = strings.NewReplacer(server.URL, "https://twin.example.com", issuer.URL,
			"https://login.example.com").Replace(text)
		text = regexp.MustCompile(`authorize\?client_id=\S+`).ReplaceAllString(text, "authorize?client_id=...")
		text = regexp.MustCompile(`of /\S*/client.json`).ReplaceAllString(text, "of client.json")
		return regexp.MustCompile(`\d\d:\d\d:\d\d\n`).ReplaceAllString(text, "TIME\n")
	}
	for _, holds := range []string{"twin login --profile prod", "twin login --profile ci"} {
		session := fence(t, readme, "console", holds)
		got := ""
		for line := range strings.Lines(session) {
			command, ok := strings.CutPrefix(line, "$ ")
			if !ok {
				continue
			}
			got += line
			words := strings.Fields(command)
			switch words[0] {
			case "export":
				t.Setenv(idVariable, logintest.MachineID)
				t.Setenv(secretVariable, logintest.MachineSecret)
			case "unset":
				t.Setenv(idVariable, "")
				t.Setenv(secretVariable, "")
			default:
				from := len(out.String())
				args := strings.Fields(strings.ReplaceAll(strings.Join(words[3:], " "), "https://twin.example.com", server.URL))
				if status := run(t.Context(), console{strings.NewReader(""), &out, &out}, args); status != exitOK {
					t.Errorf("%s: status %d", command, status)
				}
				got += masked(out.String()[from:])
			}
		}
		if want := masked(session); got != want {
			t.Errorf("got\n%s\nand the README shows\n%s", got, want)
		}
	}

	docs := 0
	for _, line := range regexp.MustCompile(`(?m)^twin (.*)$`).FindAllStringSubmatch(people[strings.Index(people,
		"## Consumer"):strings.Index(people, "## Operator")], -1) {
		if status, _, stderr := twin(t, strings.Fields(line[1])...); status != exitOK {
			t.Errorf("%s: %s", line[0], stderr)
		}
		docs++
	}
	if docs < 2 {
		t.Errorf("docs/people.md shows a consumer %d commands of twin", docs)
	}
}
