package api

import (
	"mime"
	"slices"
	"strconv"
	"strings"
)

// accepted returns the form that the fields of a header Accept like best: the first one of those that they like the
// same, nil where they take none (RFC 9110, 12.5.1). A header without anything that is a media range accepts all.
func accepted(fields []string, forms []*form) *form {
	ranges := mediaRanges(fields)
	if len(ranges) == 0 {
		return forms[0]
	}
	var best *form
	most := 0.0
	for _, f := range forms {
		if q := f.quality(ranges); q > most {
			best, most = f, q
		}
	}
	return best
}

// mediaRange is an element of Accept.
type mediaRange struct {
	media   string // a/b, a/* or */*
	quality float64
}

// mediaRanges returns the media ranges of the fields of a header Accept.
func mediaRanges(fields []string) (ranges []mediaRange) {
	for _, field := range fields {
		for one := range strings.SplitSeq(field, ",") {
			if r, ok := parseRange(one); ok {
				ranges = append(ranges, r)
			}
		}
	}
	return ranges
}

func parseRange(s string) (r mediaRange, ok bool) {
	media, parameters, err := mime.ParseMediaType(s)
	if err != nil || !strings.Contains(media, "/") {
		return r, false
	}
	r = mediaRange{media, 1}
	if q, given := parameters["q"]; given {
		if r.quality, err = strconv.ParseFloat(q, 64); err != nil || !(r.quality >= 0 && r.quality <= 1) {
			return r, false
		}
	}
	return r, true
}

// quality returns how much ranges like f, 0 to 1: the range that fits it most closely decides.
func (f *form) quality(ranges []mediaRange) float64 {
	names := append([]string{f.mediaType()}, f.also...)
	main, _, _ := strings.Cut(names[0], "/")
	for _, fits := range []func(media string) bool{
		func(media string) bool { return slices.Contains(names, media) },
		func(media string) bool { return media == main+"/*" },
		func(media string) bool { return media == "*/*" },
	} {
		for _, r := range ranges {
			if fits(r.media) {
				return r.quality
			}
		}
	}
	return 0
}
