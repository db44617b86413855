// Package feed is the way of changes that won to those who follow them.
//
// [Compare] compares what readers were served of a component with what they are served now, and says what has changed:
// a [Change] for each reading that is new, and a [Forgotten] for what is gone because it was forgotten or has expired.
// What one write of the store (or one invocation of the function changes) has changed is a [Batch], which lies in a
// [Log] at a [Position]. A [Tail] reads a log from a position on, and [Ring] keeps the newest batches of one in memory.
// Followers get events as Server-Sent Events ([AppendEvent]), or in the answer of a long poll ([Fold]).
//
// Everything here knows every dataset. Who may read what, and what he asks for, is decided by package api for each
// follower, by the same code as for a page of readings.
//
// Caveats:
//   - At least once: a follower may get a change again, and then gets all that followed it again too, in the same
//     order.
//   - Changes of one component are in order. Those of different components need not be.
package feed
