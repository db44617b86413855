// Package schema is the shape of the DynamoDB table as names, so that the stack that makes the table
// and the code that uses it agree without sharing more than this.
package schema

// The keys of the table, all strings, and what the table is told of its items.
const (
	Component = "component" // partition key
	Part      = "part"      // sort key
	TTL       = "ttl"       // number of seconds since 1970

	Catalogue = "#catalogue" // partition key of the items of the store itself

	DatasetPart = "#dataset#" // what the sort keys of catalogue entries begin with
)

// The indexes, which list the components that have a reading. Both have Component as sort key and project keys only.
const (
	DatasetIndex = "dataset"    // of one dataset
	Dataset      = "dataset"    // its partition key
	ListIndex    = "components" // of all
	Bucket       = "b"          // its partition key: one of some, so that no partition takes all writes
)

// Buckets is how many values [Bucket] has. A page of a list over all datasets is a query for each.
const Buckets = 8
