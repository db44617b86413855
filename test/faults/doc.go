// Package faults holds tests of the functions' binaries when something goes wrong: a record that nobody can read, a
// process that dies, a table, a stream or a catalogue that throttles, a connection that never answers, a deadline, a
// bucket that refuses. Package lambda stands for AWS, an emulator for DynamoDB.
//
// The measure is the same everywhere: in the end the table holds, item by item and byte by byte, what a run without
// any fault makes of the same records; what is given up is in the failure destination with its payload, and what is
// rejected in the bucket with its reason.
package faults
