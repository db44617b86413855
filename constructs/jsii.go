package constructs

import (
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// The only conversions between Go values and what jsii takes.

var (
	yes = jsii.Bool(true)
	no  = jsii.Bool(false)
)

func str(s string) *string                     { return &s }
func strs(s ...string) *[]*string              { return jsii.Strings(s...) }
func num[T ~int](n T) *float64                 { return jsii.Number(int(n)) }
func list[T any](v ...T) *[]T                  { return &v }
func seconds(d time.Duration) *float64         { return jsii.Number(d.Seconds()) }
func duration(d time.Duration) awscdk.Duration { return awscdk.Duration_Seconds(seconds(d)) }

// stringMap converts environment variables and the like.
func stringMap(m map[string]string) *map[string]*string {
	out := make(map[string]*string, len(m))
	for k, v := range m {
		out[k] = str(v)
	}
	return &out
}

// Recover turns what the CDK throws into an error. It is deferred once, where an app begins.
func Recover(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the CDK: %v", r)
	}
}
