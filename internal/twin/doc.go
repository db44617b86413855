// Package twin is the vocabulary of the Digital Twin and its one rule: the newest reading wins.
//
// A [Change] is one normalised reading on its way to the store. Its [Rank] is a byte string that
// orders all changes of one component.metric; the change with the greatest rank is the [Reading]
// that is served. The final state therefore depends on the set of changes only, never on their
// order, on duplicates, on replays, on batching or on concurrency. (People who search for it call
// this a last-writer-wins register, LWW, with the event time as its clock.)
//
// A [Dataset] is one pipeline's entry in the catalogue. [Millis] is the one representation of time.
//
// Everything here is a pure function over plain data; the package imports the standard library only.
package twin
