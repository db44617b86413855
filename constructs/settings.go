package constructs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

// Settings are the choices of one environment, from the context "environments" of cdk.json. What is
// left out has the default of [DigitalTwinCoreProps] or [PipelineExtractorProps], where each choice is
// explained.
type Settings struct {
	Name string `json:"-"` // the key in "environments"

	Account string `json:"account"` // 12 digits; empty: of the credentials that deploy
	Region  string `json:"region"`  // empty: of the credentials that deploy
	// Qualifier is the one that cdk bootstrap was given, DeployRole the ARN of the role that CloudFormation
	// deploys with, where it is not the one that cdk bootstrap made.
	Qualifier  string `json:"qualifier"`
	DeployRole string `json:"deployRole"`

	Removal      string `json:"removal"` // of what holds data: "retain" (default) or "destroy"
	RecoveryDays int    `json:"recoveryDays"`
	LogDays      int    `json:"logDays"`
	RejectDays   int    `json:"rejectDays"`
	Traces       bool   `json:"traces"` // of calls and invocations, by AWS X-Ray

	Protect bool `json:"protect"` // stacks, table and users from deletion; for after the first deployment

	Profile Profile `json:"profile"` // "low-latency", "normal" (default) or "thrifty"

	Shards         int         `json:"shards"`         // of the twin stream
	OnDemand       bool        `json:"onDemand"`       // the twin stream scales by itself
	RetentionHours int         `json:"retentionHours"` // of the twin stream
	RetryHours     int         `json:"retryHours"`     // of changes that cannot be applied
	Capacity       *Capacity   `json:"capacity"`       // of the table; without it, it is paid by request
	Throughput     *Throughput `json:"throughput"`     // of a table that is paid by request

	Rate        int       `json:"rate"`  // calls of the API a second
	Burst       int       `json:"burst"` // at once
	CORSOrigins []string  `json:"corsOrigins"`
	Domain      *Domain   `json:"domain"`
	Firewall    *Firewall `json:"firewall"`
	APIAccount  string    `json:"apiAccount"` // "own" (default), or "shared": another stack of the account sets it

	Changes *Changes `json:"changes"` // the change feed; none without it; {} for one with its defaults

	Auth            *Auth                  `json:"auth"` // an issuer of your own; without it, Amazon Cognito
	TokenMinutes    int                    `json:"tokenMinutes"`
	SecretGraceDays int                    `json:"secretGraceDays"` // that a rotated secret is good
	Clients         map[string]ClientProps `json:"clients"`
	People          *People                `json:"people"`
	Page            *Page                  `json:"page"` // none without it

	AccessFile    string   `json:"access"`        // of who may read and operate what, beside cdk.json
	OtherDatasets []string `json:"otherDatasets"` // that pipelines of other apps deliver

	Operators  Access `json:"operators"`
	Restorers  Access `json:"restorers"`
	Extractors Access `json:"extractors"` // of other apps

	Alarms *Alarms `json:"alarms"` // none without it; {} for all with their defaults
	Canary *Canary `json:"canary"` // none without it; {} for one that only its schedule feeds

	// Datasets are the pipelines of the environment, by the names of their extractors. Without it, every
	// extractor that the Go engine runs is deployed with a new source stream.
	Datasets map[string]Pipeline `json:"datasets"`

	off []string // the datasets that are named and not deployed
}

// ReadSettings returns the environments of the app's context in the order of their names: all of them,
// or the one that the context "environment" names (cdk synth -c environment=dev).
func ReadSettings(app awscdk.App) ([]Settings, error) {
	only, _ := app.Node().TryGetContext(str("environment")).(string)
	return ParseSettings(app.Node().TryGetContext(str("environments")), only)
}

// ParseSettings is ReadSettings without an app: environments is decoded JSON, only may be empty. The error has
// every mistake of every environment, as: environment dev: rate is -1: want ...
func ParseSettings(environments any, only string) ([]Settings, error) {
	b, err := json.Marshal(environments)
	if err != nil {
		return nil, fmt.Errorf("constructs: the context %q: %w", "environments", err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
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
		s, err := readEnvironment(name, all[name])
		settings, errs = append(settings, s), append(errs, err)
	}
	return settings, errors.Join(errs...)
}

func readEnvironment(name string, text []byte) (Settings, error) {
	s := Settings{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields() // a misspelt setting must not be a default
	if err := d.Decode(&s); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			err = fmt.Errorf("%s is a %s: want a %s", wrong.Field, wrong.Value, wrong.Type)
		}
		return s, fmt.Errorf("constructs: environment %s: %w", name, err)
	}
	s.Name = name
	var errs []error
	for _, err := range s.check() {
		errs = append(errs, fmt.Errorf("constructs: environment %s: %w", name, err))
	}
	s.off = slices.Collect(maps.Keys(s.Datasets))
	s.off = slices.DeleteFunc(s.off, func(dataset string) bool { return !s.Datasets[dataset].Off })
	slices.Sort(s.off)
	maps.DeleteFunc(s.Datasets, func(_ string, p Pipeline) bool { return p.Off })
	return s, errors.Join(errs...)
}

func (s *Settings) core(assets Assets, arch Architecture) DigitalTwinCoreProps {
	return DigitalTwinCoreProps{
		Environment: s.Name, Assets: assets, Arch: arch, DeployRole: s.DeployRole, Qualifier: s.Qualifier,
		Retain: s.Removal != "destroy", Protect: s.Protect, RecoveryDays: s.RecoveryDays, LogDays: s.LogDays,
		RejectDays: s.RejectDays, Traces: s.Traces,
		Shards: s.Shards, OnDemand: s.OnDemand, Capacity: s.Capacity, Throughput: s.Throughput, Profile: s.Profile,
		Retention: time.Duration(s.RetentionHours) * time.Hour, Retry: time.Duration(s.RetryHours) * time.Hour,
		Rate: s.Rate, Burst: s.Burst, CORSOrigins: s.CORSOrigins, Domain: s.Domain, Firewall: s.Firewall,
		SharedAPIAccount: s.APIAccount == "shared",
		Auth:             s.Auth, Changes: s.Changes,
		TokenValidity: time.Duration(s.TokenMinutes) * time.Minute,
		SecretGrace:   time.Duration(s.SecretGraceDays) * 24 * time.Hour,
		Clients:       s.clients(), reserved: s.reserved(), People: s.People, Page: s.Page,
		Operators: s.Operators, Restorers: s.Restorers, Extractors: s.Extractors, Alarms: s.Alarms,
	}
}
