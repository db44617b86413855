package constructs_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
)

// Ensure that the documents have every setting, and no other.
func TestSettingsAreDocumented(t *testing.T) {
	tables := strings.Split(section(t, "Settings"), "Of a dataset")
	if len(tables) != 2 {
		t.Fatalf("%d tables of settings", len(tables))
	}
	for i, s := range []reflect.Type{reflect.TypeFor[constructs.Settings](), reflect.TypeFor[constructs.Pipeline]()} {
		want := settingsOf(s, "")
		var got []string
		for _, row := range rowsOf(tables[i]) {
			got = append(got, names(row[0])...)
			if len(row) != 3 || strings.TrimSpace(row[2]) == "" {
				t.Errorf("nothing is said of %s", row[0])
			}
		}
		compare(t, "settings of "+s.Name(), got, want)
	}
}

// Ensure that every setting stands in an environment that the tests synthesize.
func TestSettingsAreTried(t *testing.T) {
	var tried []string
	var walk func(v any, path string)
	walk = func(v any, path string) {
		tried = append(tried, path)
		if m, ok := v.(map[string]any); ok {
			for name, v := range m {
				walk(v, path+"."+name)
			}
		}
	}
	walk(environmentsOfTests(), "")
	places := strings.NewReplacer(".", `\.`, "<name>", `[^.]+`, "<dataset>", `[^.]+`, "<table>", `[^.]+`)
	for prefix, s := range map[string]reflect.Type{
		`^\.[^.]+\.`:                  reflect.TypeFor[constructs.Settings](),
		`^\.[^.]+\.datasets\.[^.]+\.`: reflect.TypeFor[constructs.Pipeline](),
	} {
		for _, name := range settingsOf(s, "") {
			is := regexp.MustCompile(prefix + places.Replace(name) + "$")
			if !slices.ContainsFunc(tried, is.MatchString) {
				t.Errorf("no environment of testdata/environments.json has the setting %s", name)
			}
		}
	}
}

// settingsOf returns the names of the settings of a struct as cdk.json has them: firewall.rate, clients.<name>.rate.
// The settings of a dataset and of the source of a table have tables of their own.
func settingsOf(s reflect.Type, prefix string) (all []string) {
	for i := range s.NumField() {
		f := s.Field(i)
		if !f.IsExported() && !f.Anonymous {
			continue
		}
		if f.Anonymous {
			all = append(all, settingsOf(f.Type, prefix)...)
			continue
		}
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		name := prefix + key
		kind := f.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if kind.Kind() == reflect.Map {
			of := map[string]string{"clients": ".<name>", "datasets": ".<dataset>", "sources": ".<table>",
				"alarms.custom": ".<name>"}[name]
			name, kind = name+of, kind.Elem()
		}
		switch {
		case name == prefix+"-":
		case kind.Kind() != reflect.Struct || kind == reflect.TypeFor[constructs.Pipeline]() ||
			kind == reflect.TypeFor[constructs.SourceSettings]() || kind.Name() == "Range":
			all = append(all, name)
		default:
			all = append(all, settingsOf(kind, name+".")...)
		}
	}
	return all
}
