package constructs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Ensure that a role's policy and a key's agree: what one side allows the other does too. A right on one side
// alone is a mistake that only a deployment would show, or a right that nobody needs.
func TestKeysAndRolesAgree(t *testing.T) {
	a := everything(t)
	all := a.statements()
	for _, wrong := range disagreements(a, all) {
		t.Error(wrong)
	}
	for sid, want := range map[string]string{
		"DecryptReadings": "which no role does", "QueryReads": "which the key does not know", "ExtractorsPut": "which the key does not know",
	} {
		without := slices.DeleteFunc(slices.Clone(all), func(s *statement) bool { return s.sid == sid })
		if wrong := disagreements(a, without); len(wrong) == 0 || !strings.Contains(wrong[0], want) {
			t.Errorf("without %s it says %v", sid, wrong)
		}
	}
}

// disagreements finds the grants of one side that the other does not have.
func disagreements(a *app, statements []*statement) (wrong []string) {
	var ofRoles, ofKeys []grant
	for _, s := range statements {
		if !s.uses() {
			continue
		}
		if s.owner.Type == "AWS::KMS::Key" {
			ofKeys = append(ofKeys, keyGrants(s)...)
		} else {
			ofRoles = append(ofRoles, roleGrants(a, s)...)
		}
	}
	for _, r := range ofRoles {
		if !slices.ContainsFunc(ofKeys, func(k grant) bool { return k.of(r) }) {
			wrong = append(wrong, fmt.Sprintf("the role %s may %s with %s in %s, which the key does not know", r.role, r.action, r.key, r.environment))
		}
	}
	for _, k := range ofKeys {
		// The deployment's own role is not of these stacks.
		if !strings.Contains(k.role, "/cdk-") && !strings.HasSuffix(k.role, "role/ci/deployer") && !slices.ContainsFunc(ofRoles, func(r grant) bool { return k.of(r) }) {
			wrong = append(wrong, fmt.Sprintf("the key %s in %s lets %s %s, which no role does", k.key, k.environment, k.role, k.action))
		}
	}
	return wrong
}

// grant is that a role may do something with a key, by what one of the two says. The role is a reference, such as
// ${Twin/Query/Role.Arn}, or the pattern of its ARN.
type grant struct{ environment, key, role, path, action string }

// of reports whether a grant of a key is about a grant of a role.
func (k grant) of(r grant) bool {
	pattern, isPattern := strings.CutSuffix(k.role, "*")
	named := k.role == r.role || isPattern && strings.HasSuffix(pattern, ":role"+r.path)
	return named && k.environment == r.environment && k.key == r.key && k.action == r.action
}

func keyGrants(s *statement) (all []grant) {
	who := s.principals
	for _, w := range s.when {
		if pattern, ok := strings.CutPrefix(w, "ArnLike aws:PrincipalArn "); ok {
			who = strings.Split(pattern, " or ")
		}
	}
	for _, role := range who {
		for _, action := range s.actions {
			if isService(role) || !slices.Contains(uses, action) {
				continue
			}
			all = append(all, grant{s.owner.Stack.Environment, "${" + s.owner.Name() + ".Arn}", role, "", action})
		}
	}
	return all
}

func roleGrants(a *app, s *statement) (all []grant) {
	roles, _ := s.owner.Get("Roles").([]any)
	for _, v := range roles {
		reference := s.owner.Stack.Text(v) // ${Twin/Query/Role}
		path := ""
		for _, r := range a.All("AWS::IAM::Role") {
			if r.Stack == s.owner.Stack && "${"+r.Name()+"}" == reference {
				path = r.Text("Path")
			}
		}
		for _, key := range s.on {
			for _, action := range s.actions {
				if strings.HasPrefix(key, "arn:") || !slices.Contains(uses, action) {
					continue // the key of somebody else's stream
				}
				all = append(all, grant{s.owner.Stack.Environment, key, strings.TrimSuffix(reference, "}") + ".Arn}", path, action})
			}
		}
	}
	return all
}
