package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

func newRejectsShow(c console) *cobra.Command {
	var asIs bool
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "shows one reject with its record, where it is wrong, and the SQL",
		Long: `Shows a reject, by an id of 'twin rejects ls': what is wrong with it, the record with a caret where that was noticed,
and the line of the deployed SQL that declares the column. The record may be confidential: who shows one is written
into the audit log.`,
		Example: `
  twin rejects show wagon_telemetry:20261129:8d2f90c1a4be:1`,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&asIs, "json", false, "print the body of the answer as it is, with the record in full")
	t := addTarget(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		id, err := one(args, "the id of a reject, see 'twin rejects ls'")
		if err != nil {
			return err
		}
		api, err := t.open()
		if err != nil {
			return err
		}
		var r operate.Shown
		if err := api.Call(cmd.Context(), http.MethodGet, operate.Path+"/rejects/"+url.PathEscape(id), nil, &r); err != nil {
			return err
		}
		if asIs {
			return json.NewEncoder(c.out).Encode(r)
		}
		return showReject(c.out, &r)
	}
	return cmd
}

// showReject writes a reject for people.
func showReject(w io.Writer, r *operate.Shown) error {
	var b strings.Builder
	p := tabular.Printable
	fmt.Fprintf(&b, "%s: a %s of %d bytes", p(r.ID), r.Kind, r.Size)
	if r.ReceivedAt != 0 {
		fmt.Fprintf(&b, ", arrived %s", r.ReceivedAt)
	}
	if r.Stream != "" {
		fmt.Fprintf(&b, ", at %s/%s/%s", p(r.Stream), p(r.Shard), p(r.Sequence))
	}
	b.WriteString("\n")
	if r.Run != "" {
		fmt.Fprintf(&b, "rejected again by the replay %s\n", p(r.Run))
	}
	if r.Replayed != "" {
		fmt.Fprintf(&b, "replayed by %s\n", p(r.Replayed))
	}
	payload := r.Bytes
	if r.Payload != "" {
		payload = []byte(r.Payload)
	}
	for _, problem := range r.Problems {
		fmt.Fprintf(&b, "\n%s", problem.Reason)
		if problem.Column != "" {
			fmt.Fprintf(&b, " at %s", p(problem.Column))
		}
		fmt.Fprintf(&b, ": %s\n", p(problem.Detail))
		if problem.Offset != nil {
			caret(&b, payload, *problem.Offset)
		}
		if problem.Line > 0 {
			fmt.Fprintf(&b, "%s.sql:%d: %s\n", p(r.Dataset), problem.Line, p(strings.TrimSpace(problem.SQL)))
		}
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "\nand %d more problems\n", r.More)
	}
	if !anyOffset(r) && len(payload) > 0 {
		fmt.Fprintf(&b, "\n%s\n", excerpt(payload, 0))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func anyOffset(r *operate.Shown) bool {
	for _, p := range r.Problems {
		if p.Offset != nil {
			return true
		}
	}
	return false
}

// shownBefore and shownAfter are how much of a record is shown around the place that a problem is at, in bytes.
const (
	shownBefore = 40
	shownAfter  = 60
)

// caret writes the record around an offset, and below it a caret.
func caret(b *strings.Builder, payload []byte, offset int) {
	offset = min(max(offset, 0), len(payload))
	start := cutBefore(payload, offset)
	before := tabular.Printable(string(payload[start:offset]))
	if start > 0 {
		before = "…" + before
	}
	fmt.Fprintf(b, "  %s%s\n  %s^ byte %d\n", before, excerpt(payload, offset),
		strings.Repeat(" ", utf8.RuneCountInString(before)), offset)
}

// cutBefore returns where the text before an offset begins, at the beginning of a character.
func cutBefore(payload []byte, offset int) int {
	start := max(0, offset-shownBefore)
	for start > 0 && start < offset && !utf8.RuneStart(payload[start]) {
		start++
	}
	return start
}

// excerpt is the text from an offset on.
func excerpt(payload []byte, offset int) string {
	end := min(len(payload), offset+shownAfter)
	for end < len(payload) && end > offset && !utf8.RuneStart(payload[end]) {
		end--
	}
	text := tabular.Printable(string(payload[offset:end]))
	if end < len(payload) {
		text += "…"
	}
	return text
}
