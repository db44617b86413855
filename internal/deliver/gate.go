package deliver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/upgrade"
)

// stops are the kinds of findings that stop a delivery.
var stops = []upgrade.Kind{upgrade.Refused, upgrade.Loses, upgrade.Leaves, upgrade.Unprotects}

// Stopped is the error of a gate: what somebody has to mean before it is deployed.
type Stopped struct {
	Environment string
	Findings    []string // lines for the file of what is accepted
	Accepted    string
}

func (s *Stopped) Error() string {
	return fmt.Sprintf("the delivery to %s would do this:\n  %s\nif it is meant, write these lines into %s and "+
		"commit it with the change",
		s.Environment, strings.Join(s.Findings, "\n  "), s.Accepted)
}

// Gate stops a delivery to an environment that would lose data, leave stacks or resources behind, or be refused. It
// judges the assembly by the one that was deployed before, and lets CloudFormation judge it by what is there.
func (d *Delivery) Gate(ctx context.Context, environment string) error {
	next, err := appOf(d.path(d.Assembly), environment)
	if err != nil {
		return err
	}
	found, err := d.compare(environment, d.path(d.Assembly))
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return &Stopped{environment, found, d.Accepted}
	}
	known, err := d.State.stacks(environment)
	if err != nil {
		return err
	}
	var there []string // those that CloudFormation may compare: a new one has nothing to lose
	for _, name := range namesOf(next) {
		if slices.Contains(known, name) {
			there = append(there, name)
		}
	}
	if len(there) == 0 {
		fmt.Fprintf(d.Out, "no deployment to %s is known: stacks that have left the app are not looked for\n", environment)
		there = namesOf(next)
	}
	return d.askCloudFormation(ctx, environment, there)
}

// compare judges the deployment of an assembly over the one that is deployed. It returns what stops it and is not
// accepted.
func (d *Delivery) compare(environment, folder string) ([]string, error) {
	before, err := d.State.app(environment, deployed)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	after, err := appOf(folder, environment)
	if err != nil {
		return nil, err
	}
	accepted, err := d.accepted()
	if err != nil {
		return nil, err
	}
	var found []string
	for _, f := range append(upgrade.Compare(before, after), upgrade.Unprotected(before, after)...) {
		line := environment + " " + f.String()
		if !slices.Contains(stops, f.Kind) {
			fmt.Fprintln(d.Out, line)
		} else if !slices.Contains(accepted, line) {
			found = append(found, line)
		}
	}
	return found, nil
}

// accepted are the lines of the file of what is meant; those that begin with # are notes.
func (d *Delivery) accepted() ([]string, error) {
	b, err := os.ReadFile(d.path(d.Accepted))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
