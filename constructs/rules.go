package constructs

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Rules are a file of who may read and operate what. docs/access.md says how it looks and what a grant means.
type Rules struct {
	Name string // for messages, such as access.prod.json
	Text []byte
	// Datasets are the names that grants may have. Default: any.
	Datasets []string
}

// readRules reads the file that the settings name, in a folder. It returns nil where they name none.
func (s *Settings) readRules(props EnvironmentProps) (*Rules, error) {
	if s.AccessFile == "" {
		if len(s.OtherDatasets) > 0 {
			return nil, errors.New("otherDatasets is for the grants of a file: name one in access")
		}
		return nil, nil
	}
	path := s.AccessFile
	if !filepath.IsAbs(path) {
		path = filepath.Join(props.Folder, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("access: %w", err)
	}
	known := slices.Concat(s.OtherDatasets, s.off, slices.Collect(maps.Keys(s.Datasets)))
	for _, x := range props.Extractors {
		known = append(known, x.Name)
	}
	slices.Sort(known)
	return &Rules{Name: s.AccessFile, Text: text, Datasets: slices.Compact(known)}, nil
}

// compile compiles the file for an environment with these clients. Without a file it returns nil.
func (r *Rules) compile(clients map[string]ClientProps) (*access.Rules, error) {
	if r == nil {
		return nil, nil
	}
	return access.Parse(r.Name, r.Text, access.Known{Clients: slices.Sorted(maps.Keys(clients)), Datasets: r.Datasets})
}

// text is what lies beside the functions that decide by it.
func (r *Rules) text() []byte {
	if r == nil {
		return []byte(access.Open)
	}
	return r.Text
}

// addRules tells the functions that decide by the rules which ids the clients got that these name, and which dataset is
// reserved for which client; and warns where there are no rules.
func (core *DigitalTwinCore) addRules() error {
	rules, err := core.props.Rules.compile(core.props.Clients)
	if err != nil {
		return err
	}
	query, operate, inside := core.querySettings(), core.operateSettings(), core.insideSettings()
	if rules == nil {
		awscdk.Annotations_Of(core.Node).AddWarningV2(str("digitaltwin:open"),
			str("every valid token reads everything of the environment "+
				core.environment+`: name a file of grants in "access", see docs/access.md`))
	} else {
		ids := map[string]string{}
		for _, name := range rules.Clients() {
			ids[name] = core.idOf(name)
		}
		if core.props.Auth == nil { // otherwise the names are the ids of the issuer
			query.Clients, operate.Clients, inside.Clients = wiring.NewIDs(ids), wiring.NewIDs(ids), wiring.NewIDs(ids)
		}
	}
	reserved := map[string]string{}
	for dataset, client := range core.props.reserved {
		reserved[dataset] = core.idOf(client)
	}
	query.Reserved, inside.Reserved = wiring.NewIDs(reserved), wiring.NewIDs(reserved)
	core.Query.set(query.Env())
	core.Operate.set(operate.Env())
	if core.Feed != nil {
		core.Feed.Follow.set(query.Env())
	}
	core.boundFollowers()
	if core.Inside != nil {
		core.Inside.set(inside.Env())
	}
	return nil
}

// idOf is what tokens call a client: that of an issuer of one's own is named by its id.
func (core *DigitalTwinCore) idOf(client string) string {
	if c := core.Clients[client]; c != nil {
		return *c.Client.UserPoolClientId()
	}
	return client
}
