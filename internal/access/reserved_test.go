package access

import "testing"

// Ensure that a reserved dataset is read by its client and by nobody else, whatever grants say, that the other datasets
// are read as before, and that who may operate stays the same.
func TestReserved(t *testing.T) {
	for name, text := range map[string]string{
		"without a file": Open,
		"with a file": `{"grants": [
			{"who": "*", "read": {"datasets": "*"}, "operate": {"datasets": "*"}},
			{"who": ["client:canary", "client:other"], "read": {"datasets": "twin_canary", "metrics": "nonce"}}]}`,
		"with a file that grants nothing": `{"grants": []}`,
	} {
		parsed, err := Parse("access.json", []byte(text), Known{})
		if err != nil {
			t.Fatal(err)
		}
		plain := parsed.WithClients(map[string]string{"canary": "1", "other": "2"})
		rules := plain.Reserving(map[string]string{"twin_canary": "1"})
		for who, c := range map[string]Caller{
			"the canary's client": {Subject: "1", Client: "1"}, "another client": {Subject: "2", Client: "2"},
			"a person": {Subject: "p", Client: "app", Groups: []string{"canary"}}, "nobody": {},
			"a person who is called as the client": {Subject: "1", Client: "app", Groups: []string{"1"}},
		} {
			reads, own := rules.Reads(c), c.Client == "1"
			scope := reads.Of("twin_canary")
			if (scope != nil) != own || own && !scope.All() {
				t.Errorf("%s: %s reads %+v of the canary", name, who, scope)
			}
			if !own && reads.All() {
				t.Errorf("%s: %s reads everything", name, who)
			}
			if got, want := reads.Of("wagons"), plain.Reads(c).Of("wagons"); (got == nil) != (want == nil) ||
				got != nil && !got.All() {
				t.Errorf("%s: %s reads %+v of wagons, %+v without a canary", name, who, got, want)
			}
			if reads != rules.Reads(c) {
				t.Errorf("%s: %s is decided again", name, who)
			}
			if rules.Operates(c, "twin_canary") != plain.Operates(c, "twin_canary") {
				t.Errorf("%s: %s operates otherwise", name, who)
			}
		}
	}
	if r, err := Parse("access.json", []byte(Open), Known{}); err != nil ||
		r.Reserving(map[string]string{"twin_canary": ""}).Reads(Caller{}).Of("twin_canary") != nil {
		t.Errorf("a caller without a client reads what is reserved for a client without an id (%v)", err)
	}
}
