package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/tier"
)

// smallDisk is a shell script that runs a command with a disk of 4 MB, half of which a file takes. It needs no
// privileges where a user may have namespaces of their own; the disk goes with the process.
const smallDisk = `mount -t tmpfs -o size=4m tmpfs "$0" && head -c 2000000 /dev/zero >"$0/filler" && exec "$@"`

// Ensure that on a full disk posts are 503 with when to retry, health says why, what was acknowledged is served, the
// twin is well again once there is room, and Ctrl-C ends it soon whatever the disk does.
func TestProcess_DiskFull(t *testing.T) {
	dir := t.TempDir()
	err := exec.Command("unshare", "--map-root-user", "--mount", "sh", "-c", `mount -t tmpfs tmpfs "$0"`, dir).Run()
	if err != nil {
		err = fmt.Errorf("a small disk cannot be mounted: unshare: %w", err)
	}
	tier.Need(t, "full disk", err)
	for _, roomAgain := range []bool{true, false} {
		t.Run(fmt.Sprint("room again: ", roomAgain), func(t *testing.T) { diskFull(t, dir, roomAgain) })
	}
}

func diskFull(t *testing.T, dir string, roomAgain bool) {
	var out output
	cmd := exec.Command("unshare", "--map-root-user", "--mount", "sh", "-c", smallDisk, dir,
		built(t), "up", "--listen", "127.0.0.1:0", "--data", dir, "--extractors", boxes(t), "--once")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	url := startedAt(t, &out)
	post := func(n int) *http.Response {
		var lines bytes.Buffer
		for i := range 2000 {
			fmt.Fprintf(&lines, `{"id":"%d-%d","t":4.5,"measured":"2026-01-01T00:00:00Z"}`+"\n", n, i)
		}
		response, err := http.Post(url+"/dev/records/boxes?framing=lines", "", &lines)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { response.Body.Close() })
		return response
	}
	body := func(r *http.Response) string {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	taken := 0
	var refused *http.Response
	for ; taken < 100; taken++ {
		if refused = post(taken); refused.StatusCode != 200 {
			break
		}
	}
	if text := body(refused); refused.StatusCode != 503 || refused.Header.Get("Retry-After") == "" ||
		!strings.Contains(text, "no space left on device") {
		t.Fatalf("after %d posts: %d %v %.500s", taken, refused.StatusCode, refused.Header, text)
	}
	if health := fetch(t, url+"/v1/health"); taken == 0 || !strings.Contains(health, `"status":503`) ||
		!strings.Contains(health, "no space left on device") {
		t.Errorf("after %d posts the health is %s", taken, health)
	}
	last := fmt.Sprintf("/v1/components/box:%d-1999/metrics/temperature", taken-1)
	if reading := fetch(t, url+last); !strings.Contains(reading, `"value":4.5`) {
		t.Errorf("the last box that was acknowledged: %s", reading)
	}
	if roomAgain {
		if err := os.Remove(filepath.Join("/proc", fmt.Sprint(cmd.Process.Pid), "root", dir, "filler")); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the health is good again", func() bool { return strings.Contains(fetch(t, url+"/v1/health"), "ok") })
		if r := post(taken); r.StatusCode != 200 {
			t.Errorf("with room again: %d %s", r.StatusCode, body(r))
		}
	}
	began := time.Now()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	ended, failed := errors.AsType[*exec.ExitError](cmd.Wait())
	t.Logf("it ended after %s", time.Since(began))
	if failed == roomAgain {
		t.Errorf("it ended with %v\n%s", ended, &out)
	}
	lost := strings.Contains(out.String(), "changes were not stored, and are lost")
	if lost == roomAgain || strings.Contains(out.String(), "did not end in time") {
		t.Errorf("it printed\n%s", &out)
	}
}
