package capture

import (
	"bytes"
	"testing"
	"time"
)

var zurich = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		panic(err)
	}
	return loc
}()

// Every form of time moves; whatever is no point in time keeps its bytes.
func TestShift(t *testing.T) {
	newest := time.Date(2018, 10, 9, 4, 32, 52, 0, time.UTC)
	day := 24 * time.Hour
	for _, c := range []struct {
		name, in, want string
		by             time.Duration
	}{
		{"UTC", `{"t":"2018-10-09T04:32:52Z"}`, `{"t":"2018-10-10T04:32:52Z"}`, day},
		{"fraction stays", `"2018-10-09T04:32:52.549043+0000"`, `"2018-10-09T04:33:52.549043+0000"`, time.Minute},
		{"offset with colon, over midnight", `"2018-10-09T23:30:00+02:00"`, `"2018-10-10T00:30:00+02:00"`, time.Hour},
		{"negative offset", `"2018-12-31T23:59:59-05:00"`, `"2019-01-01T00:00:00-05:00"`, time.Second},
		{"a minute", `2018-10-09T04:32`, `2018-10-09T05:32`, time.Hour},
		{"a blank for the T", `2018-10-09 04:32:52`, `2018-10-09 06:32:52`, 2 * time.Hour},
		{"within a text", `"https://x/obs/2018-10-09T04:00:00+00:00/raw"`, `"https://x/obs/2018-10-09T05:00:00+00:00/raw"`,
			time.Hour},
		{"local, over the end of summer time", `;27.10.2018 12:00;27.10.2018 12:00:04;`,
			`;28.10.2018 11:00;28.10.2018 11:00:04;`, day},
		{"epoch seconds", `{"tsi":1539059572,"n":1}`, `{"tsi":1539145972,"n":1}`, day},
		{"epoch with a fraction", `[1539059572.25]`, `[1539059573.25]`, time.Second},
		{"epoch milliseconds in a text", `"1539059572123"`, `"1539059573123"`, time.Second},
		{"backwards", `"2018-10-09T04:32:52Z"`, `"2017-10-09T04:32:52Z"`, -365 * day},

		{"a date alone", `{"oday":"2018-10-09","d":"25.09.2016","start":"07:32"}`,
			`{"oday":"2018-10-09","d":"25.09.2016","start":"07:32"}`, day},
		{"a counter of ten digits", `{"version":2740662067,"id":1743466320}`, `{"version":2740662067,"id":1743466320}`, day},
		{"digits of a name", `["x1539059572","1539059572a","0.1539059572","-1539059572","/1539059572/"]`,
			`["x1539059572","1539059572a","0.1539059572","-1539059572","/1539059572/"]`, day},
		{"no such day", `"2018-13-09T04:32:52Z" "2018-02-30T04:32:52Z" "2018-10-09T24:32:52Z"`,
			`"2018-13-09T04:32:52Z" "2018-02-30T04:32:52Z" "2018-10-09T24:32:52Z"`, day},
		{"longer numbers", `12018-10-09T04:32:52Z`, `12018-10-09T04:32:52Z`, day},
		{"at the end", `1539059572`, `1539059632`, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shift([]byte(c.in), newest, zurich, c.by); string(got) != c.want {
				t.Errorf("%s, shifted by %v\n got %s\nwant %s", c.in, c.by, got, c.want)
			}
		})
	}
}

// Shifting there and back gives the same bytes, the length never changes, and nothing panics.
func FuzzShift(f *testing.F) {
	f.Add([]byte(`{"received_at":"2018-10-09T04:32:52.549043+0000","tsi":1539059572}`), int64(3600))
	f.Add([]byte(`25.09.2016;80:06____:17010:000;25.09.2016 05:52;;UNBEKANNT;25.09.2016 05:53:10`), int64(-86400))
	f.Add([]byte(`2018-10-09T04:32:52.+0000 2018-10-09T04:32Z1539059572.1 0000-01-01T00:00`), int64(1))
	f.Fuzz(func(t *testing.T, text []byte, seconds int64) {
		newest := time.Date(2018, 10, 9, 4, 32, 52, 0, time.UTC)
		by := time.Duration(seconds%(400*86400)) * time.Second
		before := bytes.Clone(text)
		there := shift(text, newest, time.UTC, by)
		if len(there) != len(text) || !bytes.Equal(text, before) {
			t.Fatalf("%q became %q", before, there)
		}
		stamps := findStamps(text, newest, time.UTC)
		for _, s := range stamps {
			// Out of the years that four digits can write, or of the window of numbers, there is no way back.
			if y := s.at.Add(by).Year(); y < 1 || y > 9998 || s.form == epochSeconds || s.form == epochMillis ||
				s.at.Year() < 2 {
				return
			}
			if s.form.step() == time.Minute && by%time.Minute != 0 {
				return
			}
		}
		if back := shift(there, newest, time.UTC, -by); !bytes.Equal(back, text) {
			t.Fatalf("%q there %q and back %q, by %v", text, there, back, by)
		}
	})
}

func shift(text []byte, newest time.Time, loc *time.Location, by time.Duration) []byte {
	out := bytes.Clone(text)
	for _, s := range findStamps(text, newest, loc) {
		s.write(out[s.offset:], s.at.Add(by))
	}
	return out
}
