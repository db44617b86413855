package local

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strconv"
)

// problemListener makes problems of what [http.Server] answers by itself: a request that it cannot parse, such as one
// with %zz in its path, never reaches a handler, and is answered in plain text.
type problemListener struct{ net.Listener }

// Accept implements [net.Listener].
func (l problemListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return problemConn{conn}, nil
}

type problemConn struct{ net.Conn }

// Write implements [net.Conn].
func (c problemConn) Write(b []byte) (int, error) {
	answer := problemFor(b)
	if answer == nil {
		return c.Conn.Write(b)
	}
	if _, err := c.Conn.Write(answer); err != nil {
		return 0, err
	}
	return len(b), nil
}

// problemFor returns the answer in the place of one of [http.Server] itself, nil for one of a handler: that has other
// headers, a date for example.
func problemFor(b []byte) []byte {
	const version, headers = "HTTP/1.1 ", "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
	first, _, _ := bytes.Cut(b[:min(len(b), 1<<10)], []byte("\r\n"))
	text, ok := bytes.CutPrefix(b[len(first):], []byte(headers))
	if !ok || !bytes.HasPrefix(first, []byte(version)) || len(first) < len(version)+3 {
		return nil
	}
	status, err := strconv.Atoi(string(first[len(version) : len(version)+3]))
	if err != nil {
		return nil
	}
	detail := fmt.Sprintf("The request could not be read: %s.", text)
	if status == http.StatusBadRequest {
		detail = "The request could not be read: its URL or a header is malformed. " +
			"In a URL, % starts an escape such as %20; write % itself as %25."
	}
	body := refuse(status, http.StatusText(status), detail).JSON()
	return fmt.Appendf(nil, "%s\r\nContent-Type: application/problem+json\r\nConnection: close\r\nContent-Length: "+
		"%d\r\n\r\n%s",
		first, len(body), body)
}
