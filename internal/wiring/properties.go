package wiring

import (
	"errors"
	"fmt"
	"reflect"
)

// Credentials are the properties of the custom resource that functions/credentials answers: where it finds what
// a client reads the API with, and what else it writes into the client's secret.
type Credentials struct {
	UserPool string `property:"UserPool"`        // id of the user pool
	Client   string `property:"Client"`          // id of the client
	Secret   string `property:"Secret"`          // ARN of the secret to write
	APIKey   string `property:"APIKey,optional"` // id of the client's key in API Gateway
	TokenURL string `property:"TokenURL"`
	Scope    string `property:"Scope"`
	APIURL   string `property:"APIURL"`
}

// Bucket is the property of the custom resource that functions/empty answers.
type Bucket struct {
	Name string `property:"Bucket"`
}

// Page are the properties of the custom resource that functions/page answers.
type Page struct {
	Bucket  string `property:"Bucket"`  // of the files
	Config  string `property:"Config"`  // the content of config.json, a page.Config
	Version string `property:"Version"` // of the files: another one is another deployment of them
}

// EmptyTag is the tag of a bucket that functions/empty empties, with the value "true". A bucket that has lost it
// is one that is to be kept: then the end of the custom resource is not the end of the bucket.
const EmptyTag = "digitaltwin:empty-on-delete"

// DatasetProperty is the property of the custom resource that functions/catalogue answers: the
// catalogue entry, a twin.Dataset as JSON.
const DatasetProperty = "Dataset"

// Properties returns c as the properties of a custom resource.
func (c Credentials) Properties() *map[string]interface{} { return properties(c) }

// Properties returns b as the properties of a custom resource.
func (b Bucket) Properties() *map[string]interface{} { return properties(b) }

// Properties returns p as the properties of a custom resource.
func (p Page) Properties() *map[string]interface{} { return properties(p) }

func properties(settings any) *map[string]interface{} {
	m := map[string]interface{}{}
	v := reflect.ValueOf(settings)
	for i := range v.NumField() {
		name, optional := tagged(v.Type().Field(i), "property")
		if value := v.Field(i).String(); value != "" || !optional {
			m[name] = value
		}
	}
	return &m
}

// FromProperties reads the properties that CloudFormation hands to a function. The error names every one that
// is missing.
func FromProperties[T Credentials | Bucket | Page](m map[string]interface{}) (T, error) {
	var s T
	var errs []error
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		name, optional := tagged(v.Type().Field(i), "property")
		value, _ := m[name].(string)
		if value == "" && !optional {
			errs = append(errs, fmt.Errorf("%s is missing", name))
		}
		v.Field(i).SetString(value)
	}
	if err := errors.Join(errs...); err != nil {
		return s, fmt.Errorf("wiring: the properties of %T:\n%w", s, err)
	}
	return s, nil
}
