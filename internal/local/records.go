package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/railtwin/digitaltwin/internal/capture"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/flink"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/reply"
)

// maxBody is the maximum length of a posted body in bytes: that of a record of a Kinesis stream.
const maxBody = 10 << 20

// postRecords takes the records of a body, waits until the store has them, and says what became of each.
func (t *Twin) postRecords(w http.ResponseWriter, r *http.Request, dataset string, query url.Values) {
	d := t.dataset(dataset)
	if d == nil {
		refuse(http.StatusNotFound, "No such dataset",
			fmt.Sprintf("There is no dataset %q.%s", dataset, meant(dataset, t.Names())), t.Names()...).Write(w)
		return
	}
	if since := d.pause.get(); since != 0 {
		p := refuse(http.StatusConflict, "Paused", fmt.Sprintf(
			"The dataset %s is paused since %s: it takes no records. Resume it with 'twin resume %[1]s'.", d.Name, since))
		p.Write(w)
		return
	}
	kind, p := d.readParameters(query)
	if p != nil {
		p.Write(w)
		return
	}
	body, p := readBody(w, r)
	if p != nil {
		p.Write(w)
		return
	}
	records, err := framing.Source{Framing: kind}.Records("", body)
	if err != nil {
		refuse(http.StatusBadRequest, "Invalid body", fmt.Sprintf("The body cannot be unpacked: %v.", err)).Write(w)
		return
	}
	answer, err := t.post(r.Context(), d, query.Get("table"), records)
	if err != nil {
		notStored(d, err).Write(w)
		return
	}
	if at := d.unread(query.Get("table"), kind, body); at >= 0 {
		answer.Warnings = append(answer.Warnings, fmt.Sprintf("Only the first value of the body was read: "+
			"more follows at byte %d. If every line is a record, add ?framing=lines.", at))
	}
	if d.hosted != nil {
		answer.Warnings = append(answer.Warnings, "Apache Flink has the records. "+
			"What it makes of them is not counted here; see /dev/status.")
	}
	reply.JSON(w, http.StatusOK, answer)
}

// notStored returns the problem of records that were not stored.
func notStored(d *dataset, err error) *problem.Problem {
	if errors.Is(err, flink.ErrEnded) {
		return refuse(http.StatusServiceUnavailable, "No job", "The job of "+d.Name+
			" on Apache Flink has ended: its feed has ended, or it failed; see the log. Restart the twin.")
	}
	p := refuse(http.StatusServiceUnavailable, "Not stored",
		fmt.Sprintf("The records were not stored: %v. Retry later: repeating them is harmless.", err))
	p.RetryAfter = retryAfter
	return p
}

// retryAfter is when a caller may retry, in seconds.
const retryAfter = 5

// readParameters returns the framing of a body.
func (d *dataset) readParameters(query url.Values) (framing.Kind, *problem.Problem) {
	kind := framing.Plain
	if s, ok := query["framing"]; ok {
		if err := kind.UnmarshalText([]byte(s[0])); err != nil {
			allowed := []string{string(framing.Lines), string(framing.Plain), string(framing.Gzip)}
			return "", refuse(http.StatusBadRequest, "Invalid parameter",
				fmt.Sprintf("framing is lines (every line is a record), plain (the body is one record) "+
					"or gzip (compressed lines), not %q.%s", s[0], meant(s[0], allowed)), allowed...)
		}
	}
	if s, ok := query["table"]; ok {
		var known []string
		for _, t := range d.tables {
			known = append(known, t.Name)
		}
		if !slices.Contains(known, s[0]) {
			return "", refuse(http.StatusBadRequest, "Invalid parameter",
				fmt.Sprintf("The extractor of %s declares no table %q.%s", d.Name, s[0], meant(s[0], known)), known...)
		}
	}
	return kind, nil
}

// readBody returns the body of a request.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, *problem.Problem) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, refuse(http.StatusRequestEntityTooLarge, "Body too large",
			fmt.Sprintf("The maximum is %d MB. Send the records in several requests.", tooLarge.Limit>>20))
	}
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "Invalid body", "The body could not be read completely.")
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, refuse(http.StatusBadRequest, "Invalid body",
			"The body is empty. Send one record, or with ?framing=lines one record a line.")
	}
	return body, nil
}

// unread returns where the part of a body begins that no table reads, -1 where there is none.
func (d *dataset) unread(table string, kind framing.Kind, body []byte) int {
	if kind != framing.Plain {
		return -1
	}
	at := -1
	for _, i := range extract.TablesOf(d.tables, table) {
		rest := capture.Unread(d.tables[i].Format, body)
		if rest < 0 {
			return -1
		}
		at = max(at, rest)
	}
	return at
}

// post runs the records, waits until the store has them, and returns what became of them.
func (t *Twin) post(ctx context.Context, d *dataset, table string, records [][]byte) (*answer, error) {
	if err := t.writes.problem(); err != nil {
		return nil, err
	}
	ctx, stop := t.whileWriting(ctx)
	defer stop()
	p := newPost()
	in := t.newIntake(d, fmt.Sprintf("post-%d", t.posts.Add(1)), p)
	defer in.close()
	in.From(table)
	for _, record := range records {
		if err := in.Take(ctx, record); err != nil {
			return nil, err
		}
	}
	if err := in.Flush(ctx); err != nil {
		return nil, err
	}
	p.finished(true)
	select {
	case <-p.done:
		if err := t.rejects.keeper.flush(); err != nil {
			return nil, err
		}
		return p.answer(d.Name)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// whileWriting returns a context that ends when the store takes no writes, or the twin ends; its cause says so.
func (t *Twin) whileWriting(ctx context.Context) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		look := time.NewTicker(time.Second) // a write may also just not end
		defer look.Stop()
		for {
			failed := t.writes.failure()
			if err := t.writes.problem(); err != nil {
				cancel(err)
			}
			select {
			case <-ctx.Done():
				return
			case <-t.ending:
				cancel(errEnding)
				return
			case <-failed:
			case <-look.C:
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}
