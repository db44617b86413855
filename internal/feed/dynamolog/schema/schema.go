// Package schema is the shape of the table with the log of the change feed as names, so that the stack that makes the
// table and the code that uses it agree without sharing more than this.
package schema

// The attributes of the table.
const (
	Minute   = "minute"   // partition key, a number
	Position = "position" // sort key, binary
	TTL      = "ttl"      // number of seconds since 1970
)

// Seats is the partition of who follows, see package dynamolog. No minute is negative.
const Seats = -1
