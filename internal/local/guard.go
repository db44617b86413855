package local

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// guard lets requests through that were meant for this server: by a name that only this machine has, and,
// where they change something, not from the page of another site.
func guard(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopbackName(r.Host) {
			problem{Status: http.StatusForbidden, Title: "Foreign host",
				Detail: "This twin answers to localhost and 127.0.0.1 only, and the request was for " + r.Host + "."}.write(w)
			return
		}
		if err := crossOrigin.Check(r); err != nil {
			problem{Status: http.StatusForbidden, Title: "Foreign origin",
				Detail: "A page of another site must not write to this twin."}.write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// loopbackName reports whether a Host header names this machine and nothing else can: localhost or a
// loopback address. Other names may resolve to loopback today and be somebody's attack.
func loopbackName(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
