// Package packed is the form in which stores keep readings: what one dataset delivers for one component, as blocks of
// bytes. It holds the pure functions that both stores share, and does no input or output.
//
// A [Block] is the readings of a part. Small twins are one part. Where a block passes a write unit (see [Room]) it is
// split: its readings move into parts of their own, by the groups of metrics that the SQL delivers together (see
// [Places]), and the block keeps only the cuts between them. So a write pays for the parts that it touches.
//
//	version   1 byte
//	share     uvarint: how many parts it may become; 0 for as many as a whole twin
//	cuts      uvarint n, n places of 6 bytes: the block is split into n+1 parts and holds no readings
//	origins   uvarint n, n times extractor, stream, shard
//	units     uvarint n, n texts
//	runs      readings of the same source record: event time, revision, received-at, origin and sequence once, then
//	          uvarint n, n entries in the order of metrics; sequences and metrics as they differ from the ones before
//
// The form is canonical: equal readings give equal bytes. So a [Tag], a hash of them, tells whether an item is still as
// it was read. The part of a rank that is a hash of the content is computed and not stored.
//
// [Offer] and [Join] are the newest-wins rule over blocks. Joining is associative, commutative and idempotent.
package packed
