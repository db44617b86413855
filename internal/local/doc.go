// Package local is the whole twin in one process, for a laptop and for tests: the same stages as on
// AWS, joined in the same order.
//
//	feed ──► intake (extract) ──► link (the stream, as bytes) ──► applying ──► bbolt ──► API
//
// [Open] compiles a [Library] of extractors and opens the state; [Twin.Run] feeds and serves until its
// context ends, and then lets what is under way arrive. A [Feed] makes source records: [Wagons] are
// generated, a [Replay] repeats a capture with its times moved to now. Whoever is faster than the store
// waits: the link holds a bounded number of records. What cannot be used is counted and kept among
// the newest rejects; it stops nothing.
//
// Calls need no token, but with an [Auth], which issues and verifies tokens as they are on AWS. Even then the twin
// speaks plain HTTP and has its part below /dev/. So it listens on loopback only ([Listen]), and answers only
// requests that were meant for it: a web page of somebody else can neither reach it by a name of its
// own (DNS rebinding) nor write to it (CSRF).
package local
