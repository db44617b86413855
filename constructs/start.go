package constructs

import (
	"fmt"
	"time"

	"github.com/aws/jsii-runtime-go"
)

// Start is where reading a stream begins the first time: [Oldest], [Newest], or a time of [StartAt]. After that the
// position is kept. Changing it makes a new trigger, which begins there again; old records do no harm where
// the newest reading wins.
type Start string

// The places where reading can begin.
const (
	Oldest Start = "TRIM_HORIZON" // the default: what the stream still holds
	Newest Start = "LATEST"       // what comes from now on
)

// StartAt begins with the first record that was received at t or later.
func StartAt(t time.Time) Start { return Start(t.UTC().Format(time.RFC3339)) }

func (s Start) check() error {
	if s == "" || s == Oldest || s == Newest {
		return nil
	}
	if _, err := time.Parse(time.RFC3339, string(s)); err != nil {
		return fmt.Errorf("%q is nowhere to start: want %s, %s or a time such as 2026-11-28T06:00:00Z", string(s), Oldest,
			Newest)
	}
	return nil
}

// position returns the starting position of an event source mapping and the seconds since 1970 of a time.
func (s Start) position() (position string, at *float64) {
	switch s {
	case "":
		return string(Oldest), nil
	case Oldest, Newest:
		return string(s), nil
	}
	t, err := time.Parse(time.RFC3339, string(s))
	if err != nil {
		panic("BUG: a start that was not checked: " + err.Error())
	}
	return "AT_TIMESTAMP", jsii.Number(t.Unix())
}
