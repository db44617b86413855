// Package schema is the shape of the DynamoDB table as names, so that the stack that makes the table
// and the code that uses it agree without sharing more than this.
package schema

// The keys of the table, all strings, and what the table is told of its items.
const (
	Component = "component" // partition key
	Part      = "part"      // sort key
	Dataset   = "dataset"   // partition key of the index, whose sort key is Component
	Index     = "dataset"   // name of the index; it projects keys only
	TTL       = "ttl"       // number of seconds since 1970

	Catalogue = "#catalogue" // partition key of the items of the store itself
)
