// Package workbench is what a data engineer works at when writing an extractor: it runs the SQL over
// records from files and shows what comes out, what does not, and why.
//
// [Open] compiles an extractor file. [Inputs] are the record files; [Extractor.Run] runs them and
// hands every change and reject to a [Report], of which there are two: [NewText] for people,
// [NewJSON] for programs. [Statistics] gathers what the changes of each metric look like, and
// [Statistics.Cost] tells what records cost to store. [Compare] tells what a new version of an extractor would change.
//
// A change is judged as in front of the store, except that nothing is refused for being old
// (twin.expire-after), because records kept for a check always are.
package workbench
