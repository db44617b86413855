// Package rehearsal deploys the app as an engineer does, to an AWS emulator on this machine, and uses it as a
// producer and a consumer do: a checkout, the CDK's command line, CloudFormation, the functions' binaries as processes
// with their roles, people with roles of their own, a token, and the REST API.
//
// TestRehearsal is the story of an environment: deployed, deployed again without a change, fed with real records, read
// with a token and refused without, by machines and by people who sign in, each of whom reads and operates what is
// granted, by roles that may do their work and nothing beyond it, held up by a missing permission, changed, broken on
// purpose, and destroyed. Each step builds on the one before it; a failure names its step and shows the emulator's log,
// in which the functions' are.
//
// TestDelivery is the story of a commit: "twin deliver" takes it to two environments from the synth to the smoke test,
// stops what loses data, sees a function that is broken and goes back. What only differs in its templates is changed
// there ([edited]).
//
// The parts: [emulator] (Ministack, installed from PyPI into the user's cache), [checkout] (a copy of the repository
// that can be edited), [deployment] (the command line and the clients of the account), [people] (roles that no stack
// makes), [consumer] (token and API).
// Where Python or Node.js is missing, its tier is (see package tier).
//
// Ministack does not judge the use of a key by a service on behalf of its caller; testdata/keys.py does, by Ministack's
// own evaluator, for streams, secrets, objects and items.
//
// What it cannot show, because the emulator does not do it: encryption itself, expiry, recovery, the retries, bisection
// and failure destination of a trigger (package faults has a model of those), capacity and cold starts of AWS.
package rehearsal
