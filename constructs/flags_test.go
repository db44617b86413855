package constructs_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// otherFlags are those of the CDK's feature flags that have another value than the CDK recommends, with the reason.
var otherFlags = map[string]struct {
	value  any
	reason string
}{
	"@aws-cdk/core:defaultCrossStackReferences": {"strong", "A stack that another one uses must not go before it."},
}

// Ensure that cdk.json sets each feature flag of the CDK to what the CDK recommends, so that a newer CDK does not
// change what is deployed, and no other; so does the example of an app of one's own.
func TestFeatureFlags(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(everything(t).Dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Artifacts map[string]struct {
			Type       string
			Properties struct {
				Flags map[string]struct{ RecommendedValue any }
			}
		}
	}
	if err := json.Unmarshal(b, &manifest); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{}
	for _, a := range manifest.Artifacts {
		for name, flag := range a.Properties.Flags {
			want[name] = flag.RecommendedValue
		}
	}
	if len(want) < 50 {
		t.Fatalf("the CDK has only %d flags", len(want))
	}
	for name, other := range otherFlags {
		if want[name] == nil || reflect.DeepEqual(want[name], other.value) {
			t.Errorf("%s: %v is recommended, and needs no reason", name, want[name])
		}
		want[name] = other.value
	}
	for _, file := range []string{"../cdk.json", "../test/example/cdk.json"} {
		got := contextIn(file)
		delete(got, "environments")
		delete(got, "aws:cdk:enable-path-metadata")
		for name, value := range want {
			if !reflect.DeepEqual(got[name], value) {
				t.Errorf("%s: %s is %v, want %v", file, name, got[name], value)
			}
		}
		for name := range got {
			if want[name] == nil {
				t.Errorf("%s: the CDK has no flag %s", file, name)
			}
		}
	}
}
