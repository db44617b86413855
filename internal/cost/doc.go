// Package cost says what an environment costs in a month, item by item with its arithmetic: idle, under a workload, and
// with each of its settings changed.
//
//   - [ReadPlan] reads what is paid for out of the synthesized templates of an environment.
//   - [ReadWorkload] reads what the environment is to do.
//   - [Bill] multiplies both by the [Prices] of a region, which are data with their date and source.
//   - [Report] is all of it as text, with what the levers would save and the capacity that is advised.
//
// A price is on demand and without any free tier but that of data that leaves AWS. What is assumed, such as how long a
// function runs, stands in [Assumptions]; measure it and put your own figures there. A month has 730 hours.
package cost
