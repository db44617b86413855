package constructs

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	accountNumber = regexp.MustCompile(`^[0-9]{12}$`)
	regionName    = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	qualifierName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,10}$`)
)

// check finds what the constructs would not, or would say less well.
func (s *Settings) check() []error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, f := range []struct {
		name, value string
		is          *regexp.Regexp
		want        string
	}{
		{"account", s.Account, accountNumber, "12 digits"},
		{"region", s.Region, regionName, "a name such as eu-central-1"},
		{"qualifier", s.Qualifier, qualifierName, "what cdk bootstrap --qualifier was given, at most 10 letters and digits"},
		{"deployRole", s.DeployRole, roleARN, "arn:aws:iam::ACCOUNT:role/NAME"},
		{"removal", s.Removal, regexp.MustCompile(`^(retain|destroy)$`), "retain or destroy"},
		{"apiAccount", s.APIAccount, regexp.MustCompile(`^(own|shared)$`), "own or shared"},
	} {
		if f.value != "" && !f.is.MatchString(f.value) {
			bad("%s is %q: want %s", f.name, f.value, f.want)
		}
	}
	for _, n := range []struct {
		name  string
		value int
	}{
		{"recoveryDays", s.RecoveryDays}, {"logDays", s.LogDays}, {"rejectDays", s.RejectDays}, {"shards", s.Shards},
		{"rate", s.Rate}, {"burst", s.Burst}, {"tokenMinutes", s.TokenMinutes}, {"retentionHours", s.RetentionHours},
		{"retryHours", s.RetryHours},
	} {
		if n.value < 0 {
			bad("%s is %d: want a positive number", n.name, n.value)
		}
	}
	errs = append(errs, s.checkPlaces()...)
	if s.OnDemand && s.Shards != 0 {
		bad("onDemand and shards exclude each other")
	}
	if s.Protect && s.Removal == "destroy" {
		bad("protect and removal destroy exclude each other: what is protected cannot go with its stack")
	}
	if err := s.Profile.check(); err != nil {
		bad("profile: %w", err)
	}
	errs = slices.Concat(errs, s.Capacity.check(), s.Throughput.check(), checkOrigins(s.CORSOrigins), s.Domain.check(),
		s.Firewall.check(),
		checkAuth(s.Auth, s.Clients, s.People, s.TokenMinutes != 0), checkClients(s.Clients, s.Account),
		s.Changes.checkClients(s.Clients), s.People.check(), checkPage(s.Page, s.Auth), s.Alarms.check(),
		s.Canary.check(s.Account, s.Auth),
		s.Operators.check("operators", s.Account, false), s.Restorers.check("restorers", s.Account, false),
		s.Extractors.check("extractors", s.Account, false))
	for _, name := range slices.Sorted(maps.Keys(s.Datasets)) {
		for _, err := range s.Datasets[name].check(s.Account) {
			bad("dataset %s: %w", name, err)
		}
	}
	return slices.Concat(errs, s.checkSourcesOfOthers(), s.checkCustomAlarms())
}

// checkPlaces finds ARNs of another region or account than the environment's, where that cannot work.
func (s *Settings) checkPlaces() []error {
	var errs []error
	place := func(name, arn string, anyRegion, anyAccount bool) {
		parts := strings.SplitN(arn, ":", 6)
		if len(parts) < 6 {
			return // which is said where its form is checked
		}
		if !anyRegion && s.Region != "" && parts[3] != s.Region {
			errs = append(errs, fmt.Errorf("%s is in the region %s: want one of %s, where the environment is", name, parts[3],
				s.Region))
		}
		if !anyAccount && s.Account != "" && parts[4] != s.Account {
			errs = append(errs, fmt.Errorf("%s is of the account %s: want one of %s, where the environment is", name, parts[4],
				s.Account))
		}
	}
	place("deployRole", s.DeployRole, true, false)
	if s.Domain != nil {
		place("domain.certificateArn", s.Domain.CertificateARN, false, false)
	}
	if s.Alarms != nil {
		place("alarms.topicArn", s.Alarms.TopicARN, false, true) // whose policy lets CloudWatch of this account publish
		place("alarms.warningTopicArn", s.Alarms.WarningTopicARN, false, true)
	}
	return errs
}
