// Package stream is the twin stream: how changes are written, packed, sent and read again.
//
// A change is one JSON object without a line feed in it:
//
//	{"dataset":"wagons","extractor":"0123456789ab","revision":1,"component":"wagon:1","metric":"speed",
//	 "value":"82.4","unit":"km/h","event_time":"2026-11-23T10:15:30.120Z",
//	 "received_at":"2026-11-23T10:15:31.007Z","position":"source/shardId-000000000000/4959","index":0}
//
// The value is JSON text in a string. Unit, received_at and position are null where there is none. A
// [Record] of the stream holds one change or several, separated by line feeds.
//
// [AppendChange] writes a change, [AppendRow] writes one from parts that are constant over a file or
// a source record and from the bytes of an engine's row, without allocating. A [Packer] gathers
// changes into records, [Put] sends records through a [Sink], and [Decode] reads a record: a line
// that is no change is a [BadLine], its neighbours stand.
//
// [Channel] is the stream within one process; package kinesis is the real one.
package stream
