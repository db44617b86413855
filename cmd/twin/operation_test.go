package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Ensure that the operator's night goes as docs/operate.md says: rejects are found, shown with the place that is wrong,
// tested with the mended extractor before it is deployed, and replayed after it is; nothing happens without --yes.
func TestOperate(t *testing.T) {
	home(t)
	dir, data := boxes(t), t.TempDir()
	var out output
	url, stop := startUp(t, &out, "--data", data, "--extractors", dir, "--once")
	night := func(want int, args ...string) string {
		t.Helper()
		status, stdout, stderr := twin(t, append(args, "--url", url)...)
		if status != want {
			t.Fatalf("%q: status %d, want %d\n%s%s", args, status, want, stdout, stderr)
		}
		return stdout + stderr
	}
	holds := func(got string, patterns ...string) {
		t.Helper()
		for _, p := range patterns {
			if !regexp.MustCompile(p).MatchString(got) {
				t.Errorf("no %s in\n%s", p, got)
			}
		}
	}
	post(t, url, "boxes", `{"id":"7","t":"~21.5","measured":"2026-01-01T00:00:00Z"}`)
	post(t, url, "boxes", `{"id":`)

	list := night(exitOK, "rejects", "ls")
	holds(list, `(?m)^DATASET +REASON +COLUMN +NUMBER +AGAIN +FIRST +LAST +EXAMPLE$`,
		`(?m)^boxes +unreadable +t +1 +0 .* boxes:\d{8}:[0-9a-f]{12}:\d+$`, `(?m)^boxes +unreadable +1 +0 `)
	if strings.Contains(list, "21.5") {
		t.Errorf("the list shows a record:\n%s", list)
	}
	example := regexp.MustCompile(`(?m)^boxes +unreadable +t .* (boxes:\S+)$`).FindStringSubmatch(list)[1]
	holds(night(exitOK, "rejects", "show", example), `(?m)^`+example+`: a record of 56 bytes, arrived 20`,
		`(?m)^unreadable at t: `,
		`(?m)^  \{"id":"7","t":"~21.5","measured":"2026-01-01T00:00:00Z"\}\n +\^ byte \d+$`,
		`(?m)^boxes.sql:1: CREATE TABLE boxes`)

	mended := filepath.Join(t.TempDir(), "boxes.sql")
	write(t, mended, strings.NewReplacer("t DOUBLE", "t STRING", "JSON_STRING(t)",
		"JSON_STRING(TRY_CAST(REPLACE(t, '~', '') AS DOUBLE))").Replace(boxSQL))
	holds(night(exitOK, "rejects", "test", "boxes"), `(?m)^rejected again: unreadable +2$`, `(?m)^pass +0$`)
	holds(night(exitOK, "rejects", "test", "boxes", "--sql", mended), `(?m)^rejected again: unreadable +1$`,
		`(?m)^pass +1$`)
	holds(night(exitFailure, "rejects", "test", "boxes", "--sql", filepath.Join(dir, "testdata", "boxes", "sample.json")),
		`sample.json:1:1`)
	if stop() != exitOK {
		t.Error(out.String())
	}
	if err := os.Rename(mended, filepath.Join(dir, "boxes.sql")); err != nil { // deploys it
		t.Fatal(err)
	}
	url, _ = startUp(t, &output{}, "--data", data, "--extractors", dir, "--once")
	holds(night(exitOK, "rejects", "replay", "boxes"), `(?m)^pass +1$`,
		`This was a dry run: nothing has changed. Repeat it with --yes.`)
	night(exitFailure, "get", "box:7")
	holds(night(exitOK, "rejects", "replay", "boxes", "--yes"), `(?m)^pass +1$`, `Done: run \S+\.`)
	holds(night(exitOK, "get", "box:7"), `temperature +21.5`)
	holds(night(exitOK, "rejects", "ls"), `(?m)^boxes +unreadable +1 +1 `)
	holds(night(exitOK, "rejects", "ls", "--all", "-o", "csv"), `(?m)^boxes,unreadable,t,1,0,`)

	holds(night(exitOK, "forget", "box:7"), `(?m)^readings +1$`, `dry run`)
	holds(night(exitOK, "forget", "box:7", "--yes"), `Done`)
	night(exitFailure, "get", "box:7")
	holds(night(exitOK, "forget", "box:nobody"), `Nothing to do`)
	holds(night(exitUsage, "forget"), `name a component`)
	holds(night(exitFailure, "rebuild", "boxes", "--from", "1h"), `does not keep its source records`)

	holds(night(exitOK, "pause", "boxes", "--yes"), `Done`)
	if got := post(t, url, "boxes", boxRecord); !strings.Contains(got, "twin resume boxes") {
		t.Errorf("a paused dataset answers %s", got)
	}
	eventually(t, "the catalogue says that it is paused", func() bool {
		return strings.Contains(night(exitOK, "datasets"), " paused ")
	})
	holds(night(exitOK, "resume", "boxes", "--yes"), `Done`)
	holds(night(exitOK, "rejects", "drop", "boxes", "--before", "0s", "--yes"), `(?m)^rejects +1$`)
	holds(night(exitOK, "rejects", "ls"), `^no rejects\n$`)

	runs := night(exitOK, "runs")
	holds(runs, `(?m)^RUN +KIND +FOR +STATE +AGE +BY +SO FAR$`, `(?m)^\S+ +drop +boxes +done .* local .*1 rejects$`,
		`(?m)^\S+ +replay, dry +boxes +done `)
	id := strings.Fields(strings.Split(runs, "\n")[1])[0]
	holds(night(exitOK, "runs", id), `(?m)^RUN +`+id+`$`, `(?m)^state +done$`)
	holds(night(exitOK, "runs", id, "--cancel"), `(?m)^state +done$`)
	holds(night(exitFailure, "runs", "nobody"), `There is no run "nobody"`)
	holds(night(exitFailure, "rejects", "ls", "boxxes"), `There is no dataset "boxxes". Did you mean boxes\?`)
}

// post posts a record and returns the answer.
func post(t *testing.T, url, dataset, record string) string {
	t.Helper()
	response, err := http.Post(url+"/dev/records/"+dataset, "application/json", strings.NewReader(record))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// Ensure that each command of docs/operate.md is one, with its flags.
func TestOperate_Docs(t *testing.T) {
	text, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range regexp.MustCompile(`(?m)^twin (.*)$`).FindAllStringSubmatch(string(text), -1) {
		n++
		cmd, rest, err := newRoot(console{strings.NewReader(""), io.Discard, io.Discard}).Find(strings.Fields(m[1]))
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err != nil || !cmd.HasParent() || cmd.HasSubCommands() {
			t.Errorf("twin %s: %v", m[1], err)
		}
	}
	if n < 10 {
		t.Errorf("%d commands", n)
	}
}
