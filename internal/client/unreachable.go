package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"

	"github.com/railtwin/digitaltwin/internal/loopback"
)

// Unreachable says why a server did not answer, and what to do. what is the kind of server, such as twin, and where its
// URL.
func Unreachable(what, where string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	reason, cure := "", "check the URL"
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		reason = "nothing listens there"
		if u, err := url.Parse(where); what == "twin" && err == nil && loopback.Host(u.Hostname()) {
			cure = "start a twin with 'twin up', or name another one with --url or --profile"
		}
	case errors.As(err, &name) && name.IsNotFound:
		reason = "there is no host " + name.Name
	case errors.As(err, &certificate):
		reason = "its certificate is not trusted: " + certificate.Err.Error()
		var unknown x509.UnknownAuthorityError
		if cure = "check the URL and this machine's clock"; errors.As(err, &unknown) {
			cure = "check the URL, or name the authority in the file SSL_CERT_FILE"
		}
	case isPlain(err):
		reason, cure = "it does not speak TLS", "use http:// for a twin on this machine, or check the port"
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || isTimeout(err):
		reason, cure = "it did not answer in time", "try again, or check the network"
	default:
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err
		}
		reason, cure = err.Error(), "check the URL and the network"
	}
	return &unreachable{fmt.Sprintf("no %s answers at %s: %s; %s", what, where, reason, cure), err}
}

type unreachable struct {
	text  string
	cause error
}

func (u *unreachable) Error() string { return u.text }
func (u *unreachable) Unwrap() error { return u.cause }

func isPlain(err error) bool {
	var header tls.RecordHeaderError
	return errors.As(err, &header) || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// Private reports whether what is sent to u can be read by nobody on the way: by TLS, or on this machine.
func Private(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && loopback.Host(u.Hostname())
}
