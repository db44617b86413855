// Package loopback tells whether a name is this machine.
package loopback

import (
	"net/netip"
	"strings"
)

// Host reports whether a host, without a port, names this machine and nothing else can: localhost or a loopback
// address, in brackets or not. Other names may resolve to loopback today and be somebody's attack.
func Host(host string) bool {
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
