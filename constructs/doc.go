// Package constructs is the Digital Twin as AWS CDK constructs.
//
//   - [NewDigitalTwinCore] makes what an environment has once: the twin stream, the table, the functions
//     that apply changes and answer queries, the REST API, its users, and the bucket for what went wrong.
//   - [NewPipelineExtractor] hooks one pipeline onto it: a source stream, and a function that runs one SQL file.
//   - [NewEnvironment] makes both from the [Settings] of an environment: a core stack, and a stack for
//     every dataset. An app that wants another arrangement uses the first two alone.
//
// Props are plain Go values; where a resource is meant they take the construct interface. Constructors
// return an error that names the construct and what to pass. What they make is exposed in typed fields,
// to be extended; permissions are given by the Grant methods.
//
// Every function has a role of its own with named actions on named resources, every kind of data a
// customer-managed key that only the roles that need it can use, through the service that needs it.
// For that no grant method of the CDK is used where it would widen a policy with wildcards.
//
// This is the only library package that imports awscdk: a function that could reach it would carry
// 9 MB and start 45 ms later.
package constructs
