package token

import (
	"errors"
	"fmt"
)

// The kinds of errors of [Verifier.Verify] and [FromHeader].
var (
	ErrMissing     = errors.New("there is no access token")
	ErrMalformed   = errors.New("the access token is malformed")
	ErrExpired     = errors.New("the access token has expired")
	ErrRefused     = errors.New("the access token is refused")
	ErrUnreachable = errors.New("the issuer of access tokens cannot be reached")
)

// The reasons are for the caller: they hold nothing of a token, and nothing of the issuer's answer.

func malformed(format string, args ...any) error { return because(ErrMalformed, format, args...) }

func refused(format string, args ...any) error { return because(ErrRefused, format, args...) }

func because(kind error, format string, args ...any) error {
	return fmt.Errorf("%w: %s", kind, fmt.Sprintf(format, args...))
}
