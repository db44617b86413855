package access

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Rules is the grants of a file, compiled. Use [Parse]. It is safe for concurrent use. A nil *Rules stands for no file:
// then whoever has the scope for it reads and operates everything.
type Rules struct {
	Grants []Grant // in the order of the file

	reserved []reservation // in the order of datasets

	mu       sync.RWMutex
	callers  map[callerKey]*Readable
	readable map[string]*Readable // by the grants that match
}

// Grant lets some callers read and operate something.
type Grant struct {
	Line int // in the file
	Who  []Principal
	Note string // why; may be empty

	Read    *Reading // nil: nothing
	Operate *Names   // datasets; nil: none
}

// Reading is what a grant lets read: the readings of which dataset, component and metric are in these sets, each.
type Reading struct{ Datasets, Components, Metrics Names }

// Kind is what a principal is told by.
type Kind string

// The kinds of principals.
const (
	Anybody Kind = "*"       // every caller
	Client  Kind = "client"  // the claim client_id: a client of the settings
	Group   Kind = "group"   // one of the claim cognito:groups
	Subject Kind = "subject" // the claim sub
)

// Principal is whom a grant is for.
type Principal struct {
	Kind Kind
	Name string // "" of Anybody
}

// String returns p as a file has it.
func (p Principal) String() string {
	if p.Kind == Anybody {
		return string(p.Kind)
	}
	return string(p.Kind) + ":" + p.Name
}

// Is reports whether c is the principal, or one of them.
func (p Principal) Is(c *Caller) bool {
	switch p.Kind {
	case Anybody:
		return true
	case Client:
		return p.Name == c.Client
	case Group:
		return slices.Contains(c.Groups, p.Name)
	}
	return p.Name == c.Subject
}

// Is reports whether the grant is for c.
func (g *Grant) Is(c *Caller) bool {
	return slices.ContainsFunc(g.Who, func(p Principal) bool { return p.Is(c) })
}

// WithClients returns the rules with the ids of clients in the place of their names, as tokens have them. A client
// that has no id is nobody.
func (r *Rules) WithClients(ids map[string]string) *Rules {
	if r == nil {
		return nil
	}
	resolved := &Rules{Grants: slices.Clone(r.Grants), reserved: r.reserved}
	for i := range resolved.Grants {
		g := &resolved.Grants[i]
		var who []Principal
		for _, p := range g.Who {
			if p.Kind == Client {
				p.Name = ids[p.Name]
			}
			if p.Kind != Client || p.Name != "" {
				who = append(who, p)
			}
		}
		g.Who = who
	}
	return resolved
}

// Clients returns the names of the clients that have grants, in order.
func (r *Rules) Clients() []string {
	var names []string
	for _, g := range r.Grants {
		for _, p := range g.Who {
			if p.Kind == Client {
				names = append(names, p.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Operates reports whether c may operate a dataset, if he has the scope for it.
func (r *Rules) Operates(c Caller, dataset string) bool {
	if r == nil {
		return true
	}
	return slices.ContainsFunc(r.Grants, func(g Grant) bool {
		return g.Operate != nil && g.Operate.Has(dataset) && g.Is(&c)
	})
}

// maxCallers bounds how many callers are remembered. Their subjects are as many as there are people.
const maxCallers = 1024

// callerKey tells callers apart. One group needs no memory of its own.
type callerKey struct {
	subject, client, group string
	groups                 string // of several: each with a length before it
}

func keyOf(c *Caller) callerKey {
	k := callerKey{subject: c.Subject, client: c.Client}
	switch len(c.Groups) {
	case 0:
	case 1:
		k.group = c.Groups[0]
	default:
		var b strings.Builder
		for _, g := range c.Groups {
			b.WriteString(strconv.Itoa(len(g)) + ":" + g)
		}
		k.groups = b.String()
	}
	return k
}

// Reads returns what c may read, if he has the scope for it. Callers to whom the same grants apply get the same answer,
// so that it can be compared and remembered.
func (r *Rules) Reads(c Caller) *Readable {
	if r == nil {
		return Everything
	}
	k := keyOf(&c)
	r.mu.RLock()
	known := r.callers[k]
	r.mu.RUnlock()
	if known != nil {
		return known
	}
	return r.decide(k, &c)
}

// decide finds the grants that apply to c, and remembers what they let him read.
func (r *Rules) decide(k callerKey, c *Caller) *Readable {
	var grants []*Reading
	mask := make([]byte, (len(r.Grants)+len(r.reserved)+7)/8)
	var own, barred []string
	for i, d := range r.reserved {
		if d.client != c.Client || c.Client == "" {
			barred = append(barred, d.dataset)
			continue
		}
		own = append(own, d.dataset)
		i += len(r.Grants)
		mask[i/8] |= 1 << (i % 8)
	}
	for i := range r.Grants {
		if g := &r.Grants[i]; g.Read != nil && g.Is(c) {
			grants = append(grants, g.Read)
			mask[i/8] |= 1 << (i % 8)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.callers == nil || len(r.callers) >= maxCallers {
		r.callers = make(map[callerKey]*Readable)
	}
	if r.readable == nil || len(r.readable) >= maxCallers {
		r.readable = make(map[string]*Readable)
	}
	readable := r.readable[string(mask)]
	if readable == nil {
		readable = newReadable(grants, own, barred)
		r.readable[string(mask)] = readable
	}
	r.callers[k] = readable
	return readable
}
