package gateway

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Rules reads the rules beside the binary, for clients with these ids, and reserves datasets for the clients that alone
// read them, by their ids. They were compiled when the app was synthesized, so
// an error here means that binary and rules do not belong together.
func Rules(clients, reserved wiring.IDs) (*access.Rules, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(binary), wiring.RulesFile))
	if err != nil {
		return nil, fmt.Errorf("gateway: the rules of access: %w", err)
	}
	ids, err := clients.ByName()
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	rules, err := access.Parse(wiring.RulesFile, text, access.Known{})
	if err != nil {
		return nil, fmt.Errorf("gateway: the rules of access:\n%w", err)
	}
	only, err := reserved.ByName()
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	if len(ids) > 0 { // otherwise they name no client, or those of an issuer that is not Amazon Cognito by their ids
		rules = rules.WithClients(ids)
	}
	return rules.Reserving(only), nil
}
