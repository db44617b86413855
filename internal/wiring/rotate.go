package wiring

import (
	"strings"
	"time"
)

// Rotate is the settings of functions/rotate.
type Rotate struct {
	UserPool  string `env:"TWIN_USER_POOL"`         // id of the user pool
	GraceDays string `env:"TWIN_SECRET_GRACE_DAYS"` // for which a secret is good after it was replaced, 1 or more
}

// Env returns the environment variables that carry r.
func (r Rotate) Env() map[string]string { return env(r) }

// RotateEvent is the event of functions/rotate: what an operator asks for, or what is to be looked at every day.
type RotateEvent struct {
	Rotation
	Daily []Rotation `json:"daily,omitempty"`
}

// Rotation is what is to become of the secret of a client: what is due, if nothing else is said.
type Rotation struct {
	Secret    string `json:"secret,omitempty"`    // ARN of the client's secret
	Now       bool   `json:"now,omitempty"`       // rotate it
	Leaked    bool   `json:"leaked,omitempty"`    // rotate it, and end what was there at once
	EveryDays int    `json:"everyDays,omitempty"` // rotate it when it is as old as that; 0 is never
}

// Rotated is the answer to the [Rotation] of an operator.
type Rotated struct {
	Client  string     `json:"client"`            // id in Amazon Cognito
	Rotated bool       `json:"rotated"`           // a new secret was put into place
	Since   time.Time  `json:"since"`             // when the secret was made that is in place
	OldEnds *time.Time `json:"oldEnds,omitempty"` // when the one before it ends; nil where there is none any more
}

// OutputRotate is the output of a core stack that names the function that rotates secrets.
const OutputRotate = "RotateFunction"

// OutputCredentials is the output of a core stack that says where the secret of a client is.
func OutputCredentials(client string) string { return Title(client) + "Credentials" }

// Title writes the name of a client such as map-server as MapServer.
func Title(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
