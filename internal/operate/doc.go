// Package operate is what an operator does to the data of a running twin: forget components, replay or drop rejects,
// rebuild a dataset from its source, pause and resume it.
//
// Each is a [Run]. [Service.Create] checks a [Request] and keeps the run, [Service.Step] works on it until it is done
// or a deadline is near and then writes a checkpoint, so that a process with a short life can start itself again
// ([Config.Start]). A run that was interrupted anywhere goes on from its last checkpoint: what came after that is done
// again, which does no harm, because the rank of a change decides. [Handler] serves all of it below /v1/operations.
//
// The small interfaces of ports.go are what the places differ in: local mode has files and the store in its process,
// AWS has S3, DynamoDB, Kinesis and Lambda.
//
// Caveats:
//   - Numbers are exact for a run that ended, also if it was interrupted. An audit line may be written twice.
//   - A run reads the clock: a record that is replayed too late is expired, one from the future is refused.
//   - Rejects hold payloads, which may be confidential. Lists show none; who reads one is in the audit log.
package operate
