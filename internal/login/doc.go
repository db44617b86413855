// Package login gets, keeps and renews the access tokens of a command line, by OAuth 2.0.
//
// A [Profile] says how to log in to one twin; [Discover] makes one from the URL of the twin. A [Store] keeps profiles
// and tokens in files that only their owner can read. A machine gets tokens by its id and secret ([Credentials]), a
// person by signing in with a browser ([Profile.SignIn]): authorization code with PKCE and a redirect to this machine
// (RFC 8252). [Store.Source] hands tokens to an HTTP client and renews them before they expire.
//
// Caveats: tokens and secrets are in no error and no output. They are sent to the endpoints that the profile names,
// over TLS or on this machine, and follow no redirect.
package login
