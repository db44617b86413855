// Package lambda is what AWS Lambda and Amazon Kinesis do with a function that reads a stream, small enough to run in
// a test, and able to go wrong on demand.
//
//   - [Function] runs a function's binary as a process behind the runtime interface, one event at a time, with a
//     deadline. A process that ends or does not answer in time is replaced, as an execution environment is.
//   - [Stream] is a Kinesis stream in memory: shards, sequence numbers, arrival times.
//   - [Mapping] is an event source mapping: batches of a shard in order, partial failures, bisection, retries, the
//     greatest age, and the failure destination.
//   - [AWS] is the endpoint that a function's clients talk to: Kinesis and S3 in memory and a DynamoDB emulator behind
//     it, each of which can refuse, throttle or fail by [Faults].
//
// It follows the documentation of AWS. What that leaves open is a setting of the mapping, and tests try both.
package lambda
