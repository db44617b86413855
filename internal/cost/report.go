package cost

import (
	"fmt"
	"strings"
)

// Report is the month of an environment as text: idle, under the workload, what the levers would change, and the
// capacity that is advised.
func Report(p Plan, w Workload, prices Prices, a Assumptions) (string, error) {
	s, err := Bill(p, w, prices, a)
	if err != nil {
		return "", err
	}
	levers, err := Levers(p, w, prices, a)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, profile %s: USD a month; prices of %s, %s, on demand\n", p.Environment, p.profileOf(),
		prices.Region, prices.Date)
	if p.Region != "" && p.Region != prices.Region {
		fmt.Fprintf(&b, "the environment is in %s, where prices are different\n", p.Region)
	}
	write(&b, "idle", s.Items, func(i Item) bool { return i.Idle })
	fmt.Fprintf(&b, "%10.2f  idle\n", s.Idle())
	if workload := w.String(); workload != "" {
		write(&b, "under the workload ("+workload+")", s.Items, func(i Item) bool { return !i.Idle })
		fmt.Fprintf(&b, "%10.2f  under the workload\n\n%10.2f  in all\n", s.Total()-s.Idle(), s.Total())
	}
	if len(levers) > 0 {
		b.WriteString("\nlevers, each by itself\n")
		for _, l := range levers {
			fmt.Fprintf(&b, "%+10.2f  %s\n", l.USD, l.Setting)
		}
	}
	if t := Advise(p, w, a); t.Provisioned {
		fmt.Fprintf(&b, "\ncapacity for this workload: %s\n", t.Setting())
	}
	return b.String(), nil
}

func write(b *strings.Builder, title string, items []Item, is func(Item) bool) {
	fmt.Fprintf(b, "\n%s\n", title)
	width := 0
	for _, i := range items {
		if is(i) {
			width = max(width, len(i.What))
		}
	}
	for _, i := range items {
		if is(i) {
			fmt.Fprintf(b, "%10.2f  %-*s  %s\n", i.USD, width, i.What, i.Arithmetic)
		}
	}
}
