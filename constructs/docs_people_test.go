package constructs_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Ensure that the documents say of each person what they may and may not do, as the matrix judges it, and no more.
func TestTasksOfPeopleAreDocumented(t *testing.T) {
	may, mayNot := map[string]map[string]bool{}, map[string]map[string]bool{}
	for environment := range settingsOfAll() {
		_, tasks, _ := matrix(t, environment)
		for _, task := range tasks {
			of := may
			if task.Refused {
				of = mayNot
			}
			if of[task.Who] == nil {
				of[task.Who] = map[string]bool{}
			}
			of[task.Who][task.What] = true
		}
	}
	var people []string
	list := func(cell string) (all []string) {
		for item := range strings.SplitSeq(strings.TrimSpace(cell), "; ") {
			if item != "" {
				all = append(all, item)
			}
		}
		return all
	}
	for _, row := range rowsOf(sectionOf(t, peopleDocs, "Who may do what")) {
		who := strings.TrimSpace(row[0])
		people = append(people, who)
		maps.DeleteFunc(mayNot[who], func(what string, _ bool) bool { return may[who][what] }) // who is not named there
		compare(t, "what "+who+" may do", list(row[1]), slices.Sorted(maps.Keys(may[who])))
		compare(t, "what "+who+" may not do", list(row[2]), slices.Sorted(maps.Keys(mayNot[who])))
	}
	compare(t, "people", people, []string{
		"producer", "consumer", "smoke test", "operator", "restorer", "auditor", "deployer", "CloudFormation",
	})
}

// Ensure that the commands that the documents show to a person are allowed by the policy that they say to attach.
func TestCommandsOfPeopleAreAllowed(t *testing.T) {
	allowed := map[string]map[string]bool{} // actions, by the name of the policy
	for _, s := range everything(t).statements() {
		if s.owner.Type == "AWS::IAM::ManagedPolicy" {
			name := s.owner.Name()[strings.LastIndexByte(s.owner.Name(), '/')+1:]
			if allowed[name] == nil {
				allowed[name] = map[string]bool{}
			}
			for _, action := range s.actions {
				allowed[name][action] = true
			}
		}
	}
	command := regexp.MustCompile(`\baws ([a-z0-9]+) ([a-z-]+)`)
	for _, person := range []struct {
		heading  string
		commands int
		policies []string
	}{
		{"Producer", 1, []string{"PutPolicy"}},
		{"Consumer", 1, []string{"ReadPolicy"}},
		{"Operator", 8, []string{"OperatorPolicy", "OperatePolicy"}},
		{"Restorer", 12, []string{"RestorePolicy"}},
	} {
		found := command.FindAllStringSubmatch(sectionOf(t, peopleDocs, person.heading), -1)
		if len(found) < person.commands {
			t.Errorf("%s: only %d commands", person.heading, len(found))
		}
		for _, m := range found {
			action := actionOf(m[1], m[2])
			if !slices.ContainsFunc(person.policies, func(p string) bool { return allowed[p][action] }) &&
				m[1] != "cloudformation" { // which the deployer runs
				t.Errorf("%s: %s needs %s, which no policy of theirs allows", person.heading, m[0], action)
			}
		}
	}
}

// actionOf is the action of IAM behind a command of the AWS CLI.
func actionOf(service, operation string) string {
	switch service + " " + operation {
	case "s3 ls":
		return "s3:ListBucket"
	case "s3 cp":
		return "s3:GetObject"
	}
	action := strings.TrimSuffix(service, "v2") + ":"
	for word := range strings.SplitSeq(operation, "-") {
		action += strings.ToUpper(word[:1]) + word[1:]
	}
	return action
}
