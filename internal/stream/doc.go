// Package stream is the twin stream: how changes are written, packed, sent and read again.
//
// A [Record] of the stream holds JSON objects, separated by line feeds. A line is one change:
//
//	{"dataset":"wagons","extractor":"0123456789ab","revision":1,"component":"wagon:1","metric":"speed",
//	 "value":"82.4","unit":"km/h","event_time":"2026-11-23T10:15:30.120Z",
//	 "received_at":"2026-11-23T10:15:31.007Z","position":"source/shardId-000000000000/4959","index":0}
//
// or all changes that one source record gives for a component, with what they share said once:
//
//	{"dataset":"wagons","extractor":"0123456789ab","revision":1,"component":"wagon:1","event_time":"2026-11-23T10:15:30.120Z",
//	 "received_at":"2026-11-23T10:15:31.007Z","position":"source/shardId-000000000000/4959","index":0,
//	 "changes":[["speed","82.4","km/h"],["load.state","\"loaded\""],["load.mass","58.4","t","2026-11-23T10:10:00.000Z"]]}
//
// Each of them is metric, value, unit, event time and index, of which the last three may be left out: the event time is
// that of the line and the index one more than before. A unit before an event time, and none, is null. The value is
// JSON text in a string. In a line of one change unit, received_at and position are null where there is none, or left
// out.
//
// A line stands for itself, so one that cannot be read costs no other line. (Such a line cannot come from a [Packer],
// which refuses what no decoder and no store would take. It comes from somebody else, or was damaged on its way.) What
// is wrong with one change of a line costs that change alone. For records that were packed by former versions a line
// may also leave out any of dataset, extractor, revision, component, event_time, received_at and position, which then
// are those of the line before, and the index, which then is one more. Where the line before left no doubt about them,
// that holds also if it was no change; otherwise the line is refused, and never read as somebody else's.
//
// [AppendChange] writes a line of one change. A [Packer] gathers the rows of an engine into records, [Put] sends
// records through a [Sink], and [Decode] reads a record. What is no change is a [BadLine].
//
// Package kinesis is the stream of AWS; package local has one within its process.
package stream
