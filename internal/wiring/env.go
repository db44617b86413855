package wiring

import (
	"encoding"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
)

// Settings are the structs that a function can be given.
type Settings interface {
	Extract | Apply | Changes | Query | Inside | Follow | Authorize | Catalogue | Upgrade | Rotate | Operate | FlinkStart |
		AWS
}

// TraceHeader returns what AWS Lambda says of the trace of the invocation under way, "" without one.
func TraceHeader() string { return os.Getenv("_X_AMZN_TRACE_ID") }

// FromEnv reads the settings of a function from the process's environment. The error names every
// variable that is missing or wrong.
func FromEnv[T Settings]() (T, error) { return from[T](os.Getenv) }

// from is FromEnv over any source of variables.
func from[T Settings](get func(string) string) (T, error) {
	var s T
	var errs []error
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		name, optional := tagged(v.Type().Field(i), "env")
		value := get(name)
		if value == "" && optional {
			continue
		}
		if value == "" {
			errs = append(errs, fmt.Errorf("%s is missing", name))
			continue
		}
		if err := set(v.Field(i), value); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return s, fmt.Errorf("wiring: the environment of %T:\n%w", s, err)
	}
	return s, nil
}

// env is the other direction of [from]. What is empty and may be missing is left out.
func env(settings any) map[string]string {
	v := reflect.ValueOf(settings)
	m := make(map[string]string, v.NumField())
	for i := range v.NumField() {
		name, optional := tagged(v.Type().Field(i), "env")
		if value := v.Field(i).String(); value != "" || !optional {
			m[name] = value
		}
	}
	return m
}

// tagged returns the name that a field has in a tag, and whether it may be missing.
func tagged(f reflect.StructField, tag string) (name string, optional bool) {
	name, option, _ := strings.Cut(f.Tag.Get(tag), ",")
	return name, option == "optional"
}

func set(field reflect.Value, value string) error {
	if u, ok := field.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(value))
	}
	field.SetString(value)
	return nil
}
