// Package client calls the HTTPS API of any twin: one on this machine, or one on AWS.
//
// [New] makes a [Client] for a base URL. [Client.Do] makes one call, and [Client.Get], [Client.Call] and [Client.Pages]
// make the usual ones. A call that was throttled is retried. A [TokenSource] gives the tokens.
//
// A call that fails is a [*Problem] where the twin said why (RFC 9457), and otherwise an error that says where, what
// and what to do. Texts of a twin are shown with their control characters escaped.
//
// Caveats: no redirect is followed, and a token is sent to the base URL only, over TLS or to this machine.
package client
