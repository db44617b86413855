package feed

import "bytes"

// Server-Sent Events, as https://html.spec.whatwg.org/multipage/server-sent-events.html has them.
const (
	ContentType = "text/event-stream"
	LastEventID = "Last-Event-ID" // the header with the id of the last event that a follower got
)

// AppendRetry appends how many milliseconds a follower should wait before it connects again.
func AppendRetry(b []byte, milliseconds string) []byte {
	b = append(b, "retry: "...)
	b = append(b, milliseconds...)
	return append(b, "\n\n"...)
}

// AppendEvent appends an event. data is JSON text; a line break in it, which JSON takes for a space, becomes one. An
// event without an id leaves the last id as it is.
func AppendEvent(b []byte, kind Kind, id string, data []byte) []byte {
	b = BeginEvent(b, kind, id)
	start := len(b)
	return EndEvent(append(b, data...), start)
}

// BeginEvent appends an event up to its data, which is appended to what is returned.
func BeginEvent(b []byte, kind Kind, id string) []byte {
	if id != "" {
		b = append(b, "id: "...)
		b = append(b, id...)
		b = append(b, '\n')
	}
	b = append(b, "event: "...)
	b = append(b, kind...)
	return append(b, "\ndata: "...)
}

// EndEvent ends an event whose data begins at start.
func EndEvent(b []byte, start int) []byte {
	data := b[start:]
	if bytes.IndexByte(data, '\n') >= 0 || bytes.IndexByte(data, '\r') >= 0 {
		for i, c := range data {
			if c == '\n' || c == '\r' {
				data[i] = ' '
			}
		}
	}
	return append(b, "\n\n"...)
}

// AppendHeartbeat appends a comment, which keeps a connection that has nothing to say from being cut, and the id from
// which the follower can go on: not an event by itself.
func AppendHeartbeat(b []byte, id string) []byte {
	b = append(b, ":\nid: "...)
	b = append(b, id...)
	return append(b, "\n\n"...)
}
