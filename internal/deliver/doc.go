// Package deliver is the steps by which a commit gets into an environment: the same ones in a pipeline and on a laptop.
//
//   - [Delivery.Check] runs the tests.
//   - [Delivery.Synth] synthesizes all environments, once: what was tested is what is deployed.
//   - [Delivery.Gate] stops what would lose data or leave something behind.
//   - [Delivery.Deploy] deploys, and is rolled back by CloudFormation when an alarm of the core goes off meanwhile.
//   - [Delivery.Smoked] notes that the deployed assembly is good.
//   - [Delivery.Back] deploys the last good assembly.
//
// A [State] is a folder that remembers, for each environment, what is deployed and what was good. A pipeline keeps it
// in a bucket between its steps. Without it the gate knows what CloudFormation knows, and not which stacks have left
// the app.
package deliver
