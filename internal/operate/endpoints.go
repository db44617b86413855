package operate

import (
	"encoding/json"
	"net/http"

	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/reply"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// postRun makes a run.
func (s *Service) postRun(c *call) error {
	request, err := c.request()
	if err != nil {
		return err
	}
	run, err := s.create(c.Context(), c.caller, request)
	if err != nil {
		return err
	}
	c.w.Header().Set("Location", Path+"/"+run.ID)
	reply.JSON(c.w, http.StatusAccepted, run.shown())
	return nil
}

// getRuns lists runs that the caller may see, the newest first.
func (s *Service) getRuns(c *call) error {
	limit, err := c.number("limit", listed, listed)
	if err != nil {
		return err
	}
	before := c.query.Get("before")
	if before != "" && !idForm.MatchString(before) {
		return problem.InvalidParameter.New("before is no id of a run.").About("before")
	}
	datasets, err := s.Store.Datasets(c.Context())
	if err != nil {
		return err
	}
	out := struct {
		Runs []Run  `json:"runs"`
		Next string `json:"next,omitempty"` // the value of before for the next page
	}{Runs: []Run{}}
	for len(out.Runs) < limit {
		runs, err := s.Runs.List(c.Context(), before, listed)
		if err != nil {
			return err
		}
		for _, r := range runs {
			if before = r.ID; s.sees(c.caller, r, datasets) {
				if out.Runs = append(out.Runs, r.shown()); len(out.Runs) == limit {
					out.Next = r.ID
					break
				}
			}
		}
		if len(runs) < listed {
			break
		}
	}
	reply.JSON(c.w, http.StatusOK, out)
	return nil
}

func (s *Service) getRun(c *call) error {
	run, err := s.read(c.Context(), c.caller, c.id)
	if err != nil {
		return err
	}
	s.revive(c.Context(), run)
	reply.JSON(c.w, http.StatusOK, run.shown())
	return nil
}

func (s *Service) deleteRun(c *call) error {
	run, err := s.cancel(c.Context(), c.caller, c.id)
	if err != nil {
		return err
	}
	reply.JSON(c.w, http.StatusAccepted, run.shown())
	return nil
}

// getRejects lists rejects in groups, without their records.
func (s *Service) getRejects(c *call) error {
	datasets, err := s.Store.Datasets(c.Context())
	if err != nil {
		return err
	}
	l := &listing{cursor: c.query.Get("cursor"), caller: c.caller, datasets: datasets, namer: s.newNamer(datasets)}
	l.Kind, l.Dataset = Replay, c.query.Get("dataset")
	l.Reason, l.Column = twin.Reason(c.query.Get("reason")), c.query.Get("column")
	l.Like = c.query.Get("like")
	if l.From, err = c.time("from"); err != nil {
		return err
	}
	if l.To, err = c.time("to"); err != nil {
		return err
	}
	switch all := c.query.Get("all"); all {
	case "", "false":
	case "true":
		l.all = true
	default:
		return problem.InvalidParameter.New("all is true or false.").About("all", "true", "false")
	}
	if l.records, err = c.number("records", maxEntries, 0); err != nil {
		return err
	}
	check := l.Request
	if check.Dataset == "" {
		check.Dataset = "any" // it may be left out here
	}
	if p := check.check(s.now()); p != nil {
		p.Type, p.Title = problem.InvalidParameter.Type(), problem.InvalidParameter.Title
		return p
	}
	if l.Dataset != "" {
		if p := s.may(c.caller, &l.Request, datasets); p != nil {
			return p
		}
	}
	out, err := s.list(c.Context(), l)
	if err != nil {
		return err
	}
	reply.JSON(c.w, http.StatusOK, out)
	return nil
}

func (s *Service) getReject(c *call) error {
	shown, err := s.show(c.Context(), c.caller, c.id)
	if err != nil {
		return err
	}
	reply.JSON(c.w, http.StatusOK, shown)
	return nil
}

// number reads a parameter that is a number from 1 to most.
func (c *call) number(name string, most, or int) (int, error) {
	text := c.query.Get(name)
	if text == "" {
		return or, nil
	}
	n := 0
	if err := json.Unmarshal([]byte(text), &n); err != nil || n < 1 || n > most {
		return 0, problem.InvalidParameter.New("%s is a number from 1 to %d.", name, most).About(name)
	}
	return n, nil
}

// time reads a parameter that is a time; nil where it is left out.
func (c *call) time(name string) (*twin.Millis, error) {
	text := c.query.Get(name)
	if text == "" {
		return nil, nil
	}
	var t twin.Millis
	if err := t.UnmarshalText([]byte(text)); err != nil {
		return nil, problem.InvalidParameter.New("%s is a time such as 2026-11-29T03:00:00Z.", name).About(name)
	}
	return &t, nil
}
