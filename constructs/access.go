package constructs

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Access says who may do something: the ARNs of roles and users, or [WholeAccount]. Without it nobody may.
//
// In cdk.json it is a list of ARNs, or the word "account". An ARN may have a * only where it is of a role of IAM
// Identity Center, whose name ends at random. Everywhere else whoever may create roles could let themselves in.
//
// A name on the list is one half of a permission: the policy of the resource and of its key. The other half is a policy
// of the role or user: the managed policy that the stack makes for the purpose.
type Access []string

// WholeAccount is every role and user of the account, as far as their own policies allow.
var WholeAccount = Access{"account"}

// UnmarshalJSON reads a list of ARNs, or the word "account".
func (a *Access) UnmarshalJSON(b []byte) error {
	var word string
	if json.Unmarshal(b, &word) == nil {
		*a = Access{word}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}

func (a Access) whole() bool { return len(a) == 1 && a[0] == WholeAccount[0] }

// maxNames is how many names a list may have: a key's policy holds 32 KB.
const maxNames = 100

var (
	principalARN = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):(role|user)/[A-Za-z0-9+=,.@_/-]+$`)
	ssoRoleARN   = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):role/aws-reserved/sso\.amazonaws\.com/(\*/|[a-z0-9-]+/)?AWSReservedSSO_[A-Za-z0-9+=,.@_*-]+$`)
)

// check finds what is no name of a role or user. account is the own account, empty where it is not known.
func (a Access) check(name, account string, foreign bool) []error {
	if a.whole() {
		return nil
	}
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(name+" "+format, args...)) }
	if len(a) > maxNames {
		bad("has %d names: want at most %d, or \"account\"", len(a), maxNames)
	}
	accounts := map[string]bool{}
	for _, arn := range a {
		switch of := accountOf(arn); {
		case unresolved(arn):
		case arn == WholeAccount[0]:
			bad(`has "account", which is everybody of the account, and more: want one or the other`)
		case of == "":
			bad("has %q: want %s", arn, wantedPrincipal(arn))
		case !foreign && account != "" && of != account:
			bad("has %q of the account %s: want roles of %s, where the environment is", arn, of, account)
		default:
			accounts[of] = true
		}
	}
	if account == "" && len(accounts) > 1 {
		bad("has names of %d accounts: set \"account\" of the environment, so that it is known which one is its own",
			len(accounts))
	}
	return errs
}

// accountOf is the account of an ARN on a list, empty where the ARN is none or not known before the deployment.
func accountOf(arn string) string {
	for _, form := range []*regexp.Regexp{principalARN, ssoRoleARN} {
		if m := form.FindStringSubmatch(arn); m != nil {
			return m[1]
		}
	}
	return ""
}

// wantedPrincipal says what to write instead of a text that is no name of a role or user.
func wantedPrincipal(text string) string {
	switch {
	case strings.Contains(text, ":assumed-role/"):
		return "the role itself, arn:aws:iam::ACCOUNT:role/NAME, and not a session of it"
	case strings.Contains(text, "*"):
		return "a name without *: only roles of IAM Identity Center, below role/aws-reserved/sso.amazonaws.com/, may have " +
			"one, because with any other pattern whoever may create roles could let themselves in"
	}
	return `arn:aws:iam::ACCOUNT:role/NAME, arn:aws:iam::ACCOUNT:user/NAME, or "account" alone`
}

// byAccount sorts the names by their accounts. Names whose account is not known are of the own one, which is also where
// all are if the own account is not known.
func (a Access) byAccount(own string) map[string][]string {
	names := map[string][]string{}
	for _, arn := range a {
		account := accountOf(arn)
		if account == "" || unresolved(own) {
			account = own
		}
		names[account] = append(names[account], arn)
	}
	return names
}
