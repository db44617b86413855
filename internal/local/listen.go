package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"
)

// Listen listens on an address of this machine's loopback, such as 127.0.0.1:8080 or localhost:0. Any
// other address is refused: a local twin has no TLS, and by itself no authentication.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%q is not an address such as 127.0.0.1:8080", address)
	}
	if !loopbackName(host) {
		return nil, fmt.Errorf("%s is not loopback: a local twin has no TLS, so it listens on 127.0.0.1 only",
			address)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("port %s is in use by another program, maybe another twin: "+
			"choose one with --listen 127.0.0.1:PORT", port)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("port %s needs privileges: choose one above 1023 with --listen 127.0.0.1:PORT", port)
	case err != nil:
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return listener, nil
}

// shutdownTime is how long requests under way may take to end.
const shutdownTime = 400 * time.Millisecond

// Serve serves h until ctx ends, and then lets requests under way end.
func Serve(ctx context.Context, listener net.Listener, h http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(problemListener{listener}) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		server.Close()
	}
	<-failed
	return nil
}
