package access

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/test/iam"
)

// Settings are what an environment of cdk.json says about people and sources, read apart from the constructs.
type Settings struct {
	DeployRole, Qualifier            string
	Operators, Restorers, Extractors names
	Clients                          map[string]Client
	Datasets                         map[string]Dataset
	Alarms                           *struct{ TopicArn string }
	Auth                             *struct{ Issuer string }
	Canary                           *struct{ Runners names }
}

// Client is a client of the API.
type Client struct{ Readers names }

// Dataset is a dataset with its source.
type Dataset struct {
	Off                             bool
	Producers                       names
	SourceArn, SourceKeyArn, Bucket string
	FirehoseRoleArn, Prefix         string
}

// names are the ARNs of a list, or the word account.
type names struct {
	all  bool
	arns []string
}

func (n *names) UnmarshalJSON(b []byte) error {
	if n.all = string(b) == `"account"`; n.all {
		return nil
	}
	return json.Unmarshal(b, &n.arns)
}

// ReadSettings reads the decoded JSON of an environment.
func ReadSettings(environment any) (s Settings, err error) {
	b, err := json.Marshal(environment)
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if s.Clients == nil {
		s.Clients = map[string]Client{}
	}
	if _, named := s.Clients["machine"]; !named && s.Auth == nil {
		s.Clients["machine"] = Client{}
	}
	if s.Canary != nil { // its runners are producers of its dataset, and readers of its client's secret
		if s.Auth == nil {
			s.Clients["canary"] = Client{Readers: s.Canary.Runners}
		}
		s.Datasets["twin_canary"] = Dataset{Producers: s.Canary.Runners}
	}
	maps.DeleteFunc(s.Datasets, func(_ string, d Dataset) bool { return d.Off })
	return s, err
}

// deployer is the role that CloudFormation deploys with.
func (s Settings) deployer() iam.Caller {
	arn := s.DeployRole
	if arn == "" {
		qualifier := s.Qualifier
		if qualifier == "" {
			qualifier = "hnb659fds"
		}
		arn = fmt.Sprintf("arn:aws:iam::%s:role/cdk-%s-cfn-exec-role-%s-%s", iam.Account, qualifier, iam.Account, iam.Region)
	}
	return iam.Caller{ARN: arn, Account: iam.Account, Rights: Everything}
}

// person is somebody with a managed policy of the stacks.
type person struct {
	iam.Caller
	named bool // on the list, or everybody is
	open  bool // because everybody is
}

// people are those whom a list names, each with rights, or somebody who has the rights and whom nobody names.
func (n names) people(who string, rights []*iam.Statement) (all []person) {
	if n.all {
		return []person{{role(iam.Account, "anybody/"+who, rights), true, true}}
	}
	for _, arn := range n.arns {
		// A * stands for what IAM Identity Center puts there.
		arn = strings.Replace(arn, "/*/", "/"+iam.Region+"/", 1)
		arn = strings.Replace(arn, "*", "0123456789abcdef", 1)
		all = append(all, person{iam.Caller{ARN: arn, Account: strings.Split(arn, ":")[4], Rights: rights}, true, false})
	}
	return append(all, person{role(iam.Account, "nobody/"+who, rights), false, false})
}

// sorted are the names of a map in order.
func sorted[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
