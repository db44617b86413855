// Package test holds what is true of the product as a whole: facts about the synthesized templates
// ([everything]), the permissions in them, what docs/aws.md says of them, who may import what, and what the real
// tools make of the checkout (reproducible function binaries, cdk synth).
//
// The tests of templates share one jsii kernel, which costs seconds to start, cannot be used by two
// goroutines, and ends the process when an assertion of the CDK fails. So the app of cdk.json is synthesized once,
// and its templates are read as plain data.
package test
