// Package stream is the twin stream: how changes are written, packed, sent and read again.
//
// A change is one JSON object without a line feed in it:
//
//	{"dataset":"wagons","extractor":"0123456789ab","revision":1,"component":"wagon:1","metric":"speed",
//	 "value":"82.4","unit":"km/h","event_time":"2026-11-23T10:15:30.120Z",
//	 "received_at":"2026-11-23T10:15:31.007Z","position":"source/shardId-000000000000/4959","index":0}
//
// The value is JSON text in a string. Unit, received_at and position are null where there is none, and a unit
// may be left out as well. A [Record] of the stream holds one change or several, separated by line feeds. Most
// changes of a record share most of what they say, so within it a line leaves out what is as in the line before:
//
//	{"metric":"mileage","value":"464982.0","unit":"km"}
//	{"component":"wagon:2","metric":"speed","value":"0","unit":"km/h"}
//
// An index that is left out is one more than that of the line before. A record stands for itself: its first line
// leaves out nothing.
//
// [AppendChange] writes a change that says everything. A [Packer] gathers the rows of an engine into records,
// [Put] sends records through a [Sink], and [Decode] reads a record: a line that is no change is a [BadLine], its
// neighbours stand unless they need it.
//
// [Channel] is the stream within one process; package kinesis is the real one.
package stream
