// Package swap is the protocol by which stores bring changes into packed items (see package packed).
//
// An item is read, joined with what is offered, and swapped: written only if it is still as it was read, which its tag
// tells. A swap that fails means that the item has changed, so that some writer makes progress; the item is then read
// consistently and swapped again. No writer waits for another one.
//
// The rules that keep what was forgotten from coming back are here too. Every swap raises the floor of the item to
// what the forget list says and drops what is not above it. An item that is there keeps its floor, so it is safe with
// any list; an item is made only with a list that was read consistently and lately (see [Table]), and its making is
// not sent again with an older one.
//
// [Writer] and [Forgetter] are the protocol. [Table] is what they need of a place where items are kept, one step at a
// time: package dynamo has it over DynamoDB, package bolt over a transaction, and the tests over a table that explores
// every order of such steps.
package swap
