package constructs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

// Settings are the choices of one environment, from the context "environments" of cdk.json. What is
// left out has the default of [DigitalTwinCoreProps] or [PipelineExtractorProps].
type Settings struct {
	Name string `json:"-"` // the key in "environments"

	Account string `json:"account"` // 12 digits; empty: of the credentials that deploy
	Region  string `json:"region"`  // empty: of the credentials that deploy
	Removal string `json:"removal"` // of what holds data: "retain" (default) or "destroy"

	Shards   int  `json:"shards"`   // of the twin stream
	OnDemand bool `json:"onDemand"` // the twin stream scales by itself

	LogDays    int `json:"logDays"`
	RejectDays int `json:"rejectDays"`

	Rate         int `json:"rate"`  // calls of the API a second
	Burst        int `json:"burst"` // at once
	TokenMinutes int `json:"tokenMinutes"`

	// Datasets are the pipelines of the environment, by the names of their extractors. Without it, every
	// extractor that the Go engine runs is deployed with a new source stream.
	Datasets map[string]Pipeline `json:"datasets"`
}

// ReadSettings returns the environments of the app's context in the order of their names: all of them,
// or the one that the context "environment" names (cdk synth -c environment=dev).
func ReadSettings(app awscdk.App) ([]Settings, error) {
	only, _ := app.Node().TryGetContext(str("environment")).(string)
	return ParseSettings(app.Node().TryGetContext(str("environments")), only)
}

// ParseSettings is ReadSettings without an app: environments is decoded JSON, only may be empty.
func ParseSettings(environments any, only string) ([]Settings, error) {
	b, err := json.Marshal(environments)
	if err != nil {
		return nil, fmt.Errorf("constructs: the context %q: %w", "environments", err)
	}
	var all map[string]Settings
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields() // a misspelt setting must not be a default
	if err := d.Decode(&all); err != nil {
		return nil, fmt.Errorf("constructs: the context %q: %w", "environments", err)
	}
	names := slices.Sorted(maps.Keys(all))
	if len(names) == 0 {
		return nil, errors.New(`constructs: the context "environments" is empty: name at least one environment in cdk.json`)
	}
	if only != "" {
		if !slices.Contains(names, only) {
			return nil, fmt.Errorf("constructs: no environment %q in cdk.json; there are %s", only, strings.Join(names, ", "))
		}
		names = []string{only}
	}
	var settings []Settings
	var errs []error
	for _, name := range names {
		s := all[name]
		s.Name = name
		errs = append(errs, s.check())
		settings = append(settings, s)
	}
	return settings, errors.Join(errs...)
}

var (
	accountNumber = regexp.MustCompile(`^[0-9]{12}$`)
	regionName    = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
)

// check finds what the constructs would not, or would say less well.
func (s *Settings) check() error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("constructs: environment "+s.Name+": "+format, args...))
	}
	if s.Account != "" && !accountNumber.MatchString(s.Account) {
		bad("account is %q: want 12 digits", s.Account)
	}
	if s.Region != "" && !regionName.MatchString(s.Region) {
		bad("region is %q: want a name such as eu-central-1", s.Region)
	}
	if s.Removal != "" && s.Removal != "retain" && s.Removal != "destroy" {
		bad("removal is %q: want retain or destroy", s.Removal)
	}
	if s.OnDemand && s.Shards != 0 {
		bad("onDemand and shards exclude each other")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Datasets)) {
		for _, err := range s.Datasets[name].check() {
			bad("dataset %s: %w", name, err)
		}
	}
	return errors.Join(errs...)
}

func (s *Settings) core(assets Assets, arch Architecture) DigitalTwinCoreProps {
	return DigitalTwinCoreProps{
		Environment: s.Name, Assets: assets, Arch: arch,
		Retain: s.Removal != "destroy",
		Shards: s.Shards, OnDemand: s.OnDemand,
		LogDays: s.LogDays, RejectDays: s.RejectDays,
		Rate: s.Rate, Burst: s.Burst, TokenValidity: time.Duration(s.TokenMinutes) * time.Minute,
	}
}
