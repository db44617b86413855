package flink

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// dial opens a connection as the JVM does.
func dial(t *testing.T, s *server, token, what string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "%s %s\n", token, what)
	return conn
}

// Ensure that a stream is read from the position that is asked for to its end, by the job and nobody else.
func TestServer_Read(t *testing.T) {
	stream := &Stream{Keep: true}
	for i := range 5 {
		if err := stream.Put(t.Context(), fmt.Append(nil, "record ", i)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := serve(t.Context(), map[string]*Stream{"a": stream}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	conn := dial(t, s, s.token, "read a 3")
	in := bufio.NewReader(conn)
	var got []string
	for range 2 {
		b, more, err := next(in)
		if err != nil || !more {
			t.Fatal(more, err)
		}
		got = append(got, string(b))
	}
	stream.End()
	if _, more, err := next(in); err != nil || more || strings.Join(got, ", ") != "record 3, record 4" {
		t.Errorf("%q, %v, %v", got, more, err)
	}
	for _, other := range []net.Conn{dial(t, s, "guess", "read a 0"), dial(t, s, s.token, "read b 0"),
		dial(t, s, s.token, "drop a")} {
		if b, err := io.ReadAll(other); len(b) > 0 {
			t.Errorf("it was told %q, %v", b, err)
		}
	}
}

// Ensure that what is written has been taken when the other side is told so.
func TestServer_Write(t *testing.T) {
	var taken []string
	s, err := serve(t.Context(), nil, func(_ context.Context, key string, record []byte) error {
		taken = append(taken, key+"="+string(record))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	conn := dial(t, s, s.token, "write twin")
	for _, text := range []string{"17", "first", "3", ""} {
		conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...))
	}
	conn.Write(binary.BigEndian.AppendUint32(nil, end))
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(taken, " "); got != "17=first 3=" {
		t.Errorf("taken %q", got)
	}
}

// Ensure that whoever writes waits for who reads, where records are not kept, and that what was sent is gone.
func TestStream_Waits(t *testing.T) {
	s := &Stream{}
	for range maxWaiting {
		if err := s.Put(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	full, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Put(full, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a full stream takes a record: %v", err)
	}
	waits := make(chan error)
	go func() { waits <- s.Put(t.Context(), []byte("last")) }()
	if records, err := s.at(t.Context(), maxWaiting); err != nil || len(records) != 1 || string(records[0]) != "last" {
		t.Errorf("%q, %v", records, err)
	}
	if err := <-waits; err != nil {
		t.Error(err)
	}
	if _, err := s.at(t.Context(), 0); !errors.Is(err, errGone) {
		t.Errorf("what was sent is there: %v", err)
	}
	s.End()
	if err := s.Put(t.Context(), nil); !errors.Is(err, ErrEnded) {
		t.Errorf("a stream goes on behind its end: %v", err)
	}
}
