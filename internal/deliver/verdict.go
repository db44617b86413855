package deliver

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// askCloudFormation lets cdk diff compare stacks with what is deployed, by change sets, and stops what it finds
// destructive and nobody has accepted.
func (d *Delivery) askCloudFormation(ctx context.Context, environment string, stacks []string) error {
	var said bytes.Buffer
	args := []string{"diff", "--app", d.path(d.Assembly), "--method", "auto", "--fail-on", "destructive"}
	failed := d.cdk(ctx, io.MultiWriter(d.Out, &said), append(args, stacks...)...)
	if failed == nil {
		return nil
	}
	found, ok := destructive(said.String())
	if !ok {
		return errors.Join(errors.New("cdk diff cannot compare with what is deployed"), failed)
	}
	accepted, err := d.accepted()
	if err != nil {
		return err
	}
	var stop []string
	for _, f := range found {
		if line := environment + " destructive: " + f; !harmless.MatchString(f) && !slices.Contains(accepted, line) {
			stop = append(stop, line)
		}
	}
	if len(stop) > 0 {
		return &Stopped{environment, stop, d.Accepted}
	}
	return nil
}

// harmless are findings that lose nothing: a custom resource of the twin may be replaced by any change of it, as that
// of an entry of the catalogue by every change of the SQL, and its function keeps the entry.
var harmless = regexp.MustCompile(`^\S+: Custom::DigitalTwin\S* .* may be replaced$`)

var (
	colour = regexp.MustCompile("\x1b\\[[0-9;]*m")
	header = regexp.MustCompile(`Found ([0-9]+) destructive change\(s\)`)
)

// destructive reads the list at the end of what cdk diff --fail-on destructive says: a line for each resource, with its
// stack and what becomes of it. It is not ok where there is no list, or not as many lines as it announces: then the
// command failed for another reason, or says it in another way.
func destructive(said string) (found []string, ok bool) {
	said = colour.ReplaceAllString(said, "")
	at := header.FindStringSubmatchIndex(said)
	if at == nil {
		return nil, false
	}
	want, err := strconv.Atoi(said[at[2]:at[3]])
	if err != nil {
		return nil, false
	}
	_, list, _ := strings.Cut(said[at[1]:], "\n")
	for line := range strings.Lines(list) {
		if len(found) == want || strings.TrimSpace(line) == "" {
			break
		}
		found = append(found, strings.TrimSpace(line))
	}
	return found, len(found) == want
}
