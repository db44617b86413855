package wiring

import (
	"reflect"
	"strings"
	"testing"
)

// Ensure that what the constructs write is what the functions read, for every struct and field.
func TestRoundTrip(t *testing.T) {
	roundTrip[Extract](t)
	roundTrip[Apply](t)
	roundTrip[Changes](t)
	roundTrip[Query](t)
	roundTrip[Inside](t)
	roundTrip[Catalogue](t)
	roundTrip[Upgrade](t)
	roundTrip[Rotate](t)
	roundTrip[Operate](t)
	roundTrip[FlinkStart](t)
	roundTrip[AWS](t)
}

func roundTrip[T Settings](t *testing.T) {
	t.Helper()
	var want T
	v := reflect.ValueOf(&want).Elem()
	for i := range v.NumField() {
		if v.Field(i).Type() == reflect.TypeFor[Framing]() {
			v.Field(i).SetString(string(Gzip))
			continue
		}
		if v.Field(i).Type() == reflect.TypeFor[Sources]() {
			v.Field(i).SetString(string(NewSources(map[string]string{"stations": "arn:aws:kinesis:::stream/a"})))
			continue
		}
		if v.Field(i).Type() == reflect.TypeFor[IDs]() {
			v.Field(i).SetString(string(NewIDs(map[string]string{"map": "3k1", "machine": "7c5"})))
			continue
		}
		v.Field(i).SetString("value of " + v.Type().Field(i).Name)
	}
	m := env(want)
	if len(m) != v.NumField() {
		t.Errorf("%T has %d fields but %d variables: %v", want, v.NumField(), len(m), m)
	}
	got, err := from[T](func(name string) string { return m[name] })
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, wrote %+v", got, want)
	}
}

// Ensure that the exported methods carry the struct that they belong to.
func TestEnvMethods(t *testing.T) {
	for _, c := range []struct {
		got  map[string]string
		want any
	}{
		{Extract{Dataset: "wagons"}.Env(), Extract{Dataset: "wagons"}},
		{Apply{Table: "t"}.Env(), Apply{Table: "t"}},
		{Changes{Log: "t"}.Env(), Changes{Log: "t"}},
		{Query{Table: "t"}.Env(), Query{Table: "t"}},
		{Inside{Table: "t"}.Env(), Inside{Table: "t"}},
		{Follow{Followers: "10"}.Env(), Follow{Followers: "10"}},
		{Catalogue{Table: "t"}.Env(), Catalogue{Table: "t"}},
		{Upgrade{Table: "t"}.Env(), Upgrade{Table: "t"}},
		{Rotate{UserPool: "p"}.Env(), Rotate{UserPool: "p"}},
		{Operate{Table: "t"}.Env(), Operate{Table: "t"}},
		{FlinkStart{Application: "a"}.Env(), FlinkStart{Application: "a"}},
		{AWS{Region: "r"}.Env(), AWS{Region: "r"}},
	} {
		if !reflect.DeepEqual(c.got, env(c.want)) {
			t.Errorf("%T.Env() = %v, want %v", c.want, c.got, env(c.want))
		}
	}
}

// Ensure that the properties of a custom resource come out as they were put in, that what may be missing may be
// missing, and that everything else that is missing is named.
func TestProperties(t *testing.T) {
	want := Credentials{UserPool: "p", Client: "c", Secret: "s", TokenURL: "t", Scope: "twin/read", APIURL: "u"}
	m := *want.Properties()
	if _, there := m["APIKey"]; there || len(m) != 6 {
		t.Errorf("properties %v", m)
	}
	if got, err := FromProperties[Credentials](m); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	bucket := Bucket{Name: "b"}
	if got, err := FromProperties[Bucket](*bucket.Properties()); err != nil || got != bucket {
		t.Errorf("%+v, %v", got, err)
	}
	_, err := FromProperties[Credentials](map[string]interface{}{"UserPool": "p", "Client": 1, "Scope": "s", "APIURL": "u",
		"TokenURL": "t"})
	if err == nil || !strings.Contains(err.Error(), "Client is missing") ||
		!strings.Contains(err.Error(), "Secret is missing") {
		t.Errorf("%v", err)
	}
}

// Ensure that a function that cannot start says everything that is missing and wrong, not the first thing.
func TestEveryProblemIsNamedAtOnce(t *testing.T) {
	t.Setenv("TWIN_DATASET", "wagons")
	t.Setenv("TWIN_FRAMING", "csv")
	_, err := FromEnv[Extract]()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"wiring.Extract",
		"TWIN_ENVIRONMENT is missing", "TWIN_SOURCES is missing", "TWIN_STREAM_ARN is missing",
		"TWIN_REJECTS_BUCKET is missing",
		`TWIN_FRAMING: unknown framing "csv": choose one of [plain lines gzip]`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "TWIN_DATASET") {
		t.Errorf("the error names a variable that is right:\n%v", err)
	}
}

// Ensure that the ids of clients come out as they were put in, and that anything else is refused.
func TestIDs(t *testing.T) {
	want := map[string]string{"map": "3k1", "machine": "7c5"}
	if got, err := NewIDs(want).ByName(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := NewIDs(nil).ByName(); err != nil || len(got) != 0 {
		t.Errorf("of none: %v, %v", got, err)
	}
	for _, text := range []string{"map", "map=", "=3k1", "map=1 map=2"} {
		if got, err := IDs(text).ByName(); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// Ensure that what may be missing may be missing.
func TestOptional(t *testing.T) {
	have := map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
	got, err := from[AWS](func(name string) string { return have[name] })
	if want := (AWS{Region: "eu-central-1", AccessKeyID: "a", SecretAccessKey: "b"}); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	delete(have, "AWS_REGION")
	if _, err := from[AWS](func(name string) string { return have[name] }); err == nil ||
		!strings.Contains(err.Error(), "AWS_REGION is missing") {
		t.Errorf("a variable that must be there: %v", err)
	}
}
