// Package test holds what is true of the product as a whole: who may import what, and that the functions' binaries
// work together as they are wired. Its folders hold the rehearsal, the faults, the way of the data from end to end, and
// one engine against the other. All other tests stand beside what they test; those of synthesized templates, which
// share one jsii kernel, are beside package constructs.
package test
