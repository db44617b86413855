package wiring

import (
	"reflect"
	"testing"
)

// Ensure that the numbers of followers come through the environment as they were, and that nothing else is taken for
// them.
func TestFollowers(t *testing.T) {
	want := map[string]int{"7c5": 20, "1ab": 1}
	var got Followers
	if err := got.UnmarshalText([]byte(NewFollowers(10, want))); err != nil {
		t.Fatal(err)
	}
	if usual, clients, err := got.Numbers(); err != nil || usual != 10 || !reflect.DeepEqual(clients, want) {
		t.Errorf("%d %v %v", usual, clients, err)
	}
	for _, text := range []string{"", "0", "-1", "x", "a=1", "10 5", "10 a=0", "10 =5", "10 a=1 a=2", "10 a=",
		"10 a=1=2"} {
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
