package flink

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
)

// Sink takes a record of the twin stream with its partition key. It may be called by several goroutines.
type Sink func(ctx context.Context, key string, record []byte) error

// server carries streams to and from the JVM of one job. The Java class digitaltwin.local.Connection
// says how they speak.
type server struct {
	listener net.Listener
	token    string // so that no other program of this machine reads or writes the streams
	streams  map[string]*Stream
	sink     Sink

	handling sync.WaitGroup
	stop     context.CancelFunc
}

// end is the length that stands for the end of a stream, and for the question whether all has arrived.
const end = 1<<32 - 1

// maxRecord is the greatest length of a record, that of a Kinesis stream.
const maxRecord = 10 << 20

// serve listens on loopback until close.
func serve(ctx context.Context, streams map[string]*Stream, sink Sink) (*server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("flink: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	s := &server{listener: listener, token: rand.Text(), streams: streams, sink: sink, stop: stop}
	s.handling.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.handling.Go(func() {
				defer context.AfterFunc(ctx, func() { conn.Close() })()
				defer conn.Close()
				s.handle(ctx, conn) // what goes wrong here goes wrong there, and is said there
			})
		}
	})
	return s, nil
}

func (s *server) port() string { return strconv.Itoa(s.listener.Addr().(*net.TCPAddr).Port) }

// close ends all connections.
func (s *server) close() {
	s.stop()
	s.listener.Close()
	s.handling.Wait()
}

func (s *server) handle(ctx context.Context, conn net.Conn) error {
	in := bufio.NewReaderSize(conn, 1<<16)
	head, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	what := strings.Fields(string(head))
	if len(what) < 3 || subtle.ConstantTimeCompare([]byte(what[0]), []byte(s.token)) != 1 {
		return fmt.Errorf("flink: a connection that is none of the job's")
	}
	switch {
	case what[1] == "write":
		return s.takeAll(ctx, in, conn)
	case what[1] == "read" && len(what) == 4 && s.streams[what[2]] != nil:
		position, err := strconv.ParseInt(what[3], 10, 64)
		if err != nil {
			return err
		}
		return sendAll(ctx, conn, s.streams[what[2]], position)
	}
	return fmt.Errorf("flink: unknown request %q", what[1:])
}

// sendAll sends a stream from a position on, to its end.
func sendAll(ctx context.Context, conn io.Writer, s *Stream, position int64) error {
	out := bufio.NewWriterSize(conn, 1<<16)
	for {
		records, err := s.at(ctx, position)
		if err != nil {
			return err
		}
		if records == nil {
			out.Write(binary.BigEndian.AppendUint32(nil, end))
			return out.Flush()
		}
		for _, r := range records {
			out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(r))))
			out.Write(r)
		}
		if err := out.Flush(); err != nil {
			return err
		}
		position += int64(len(records))
	}
}

// takeAll takes the records of the twin stream.
func (s *server) takeAll(ctx context.Context, in io.Reader, out io.Writer) error {
	for {
		key, more, err := next(in)
		if err != nil {
			return err
		}
		if !more {
			if _, err := out.Write([]byte{1}); err != nil {
				return err
			}
			continue
		}
		record, _, err := next(in)
		if err != nil {
			return err
		}
		if err := s.sink(ctx, string(key), record); err != nil {
			return err
		}
	}
}

// next reads a length and as many bytes; more is false for the length that is none.
func next(in io.Reader) (b []byte, more bool, err error) {
	var n uint32
	if err := binary.Read(in, binary.BigEndian, &n); err != nil || n == end {
		return nil, false, err
	}
	if n > maxRecord {
		return nil, false, fmt.Errorf("flink: a record of %d bytes", n)
	}
	b = make([]byte, n)
	_, err = io.ReadFull(in, b)
	return b, true, err
}
