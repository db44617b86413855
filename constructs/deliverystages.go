package constructs

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
)

// The artifacts of a delivery.
const (
	sourceArtifact   = "Source"
	assemblyArtifact = "Assembly" // what was tested: cdk.out, the program twin, and the command line of the CDK
)

func action(name, category, provider string, order int,
	configuration map[string]string) *awscodepipeline.CfnPipeline_ActionDeclarationProperty {
	return &awscodepipeline.CfnPipeline_ActionDeclarationProperty{
		Name: str(name), RunOrder: num(order), Configuration: stringMap(configuration),
		ActionTypeId: &awscodepipeline.CfnPipeline_ActionTypeIdProperty{
			Category: str(category), Owner: str("AWS"), Provider: str(provider), Version: str("1"),
		},
	}
}

func stage(name string,
	actions ...*awscodepipeline.CfnPipeline_ActionDeclarationProperty,
) *awscodepipeline.CfnPipeline_StageDeclarationProperty {
	var all []interface{}
	for _, a := range actions {
		all = append(all, a)
	}
	return &awscodepipeline.CfnPipeline_StageDeclarationProperty{Name: str(name), Actions: &all}
}

func (d *DeliveryPipeline) sourceStage() *awscodepipeline.CfnPipeline_StageDeclarationProperty {
	a := action("Source", "Source", "CodeStarSourceConnection", 1, map[string]string{
		"ConnectionArn": d.props.ConnectionARN, "FullRepositoryId": d.props.Repository, "BranchName": d.props.Branch,
		"OutputArtifactFormat": "CODE_ZIP", "DetectChanges": "true",
	})
	a.OutputArtifacts = &[]interface{}{&awscodepipeline.CfnPipeline_OutputArtifactProperty{Name: str(sourceArtifact)}}
	return stage("Source", a)
}

func (d *DeliveryPipeline) buildStage(p *deliveryProject) *awscodepipeline.CfnPipeline_StageDeclarationProperty {
	a := action("CheckAndSynth", "Build", "CodeBuild", 1, map[string]string{"ProjectName": *p.project.Ref()})
	a.InputArtifacts = &[]interface{}{&awscodepipeline.CfnPipeline_InputArtifactProperty{Name: str(sourceArtifact)}}
	a.OutputArtifacts = &[]interface{}{&awscodepipeline.CfnPipeline_OutputArtifactProperty{Name: str(assemblyArtifact)}}
	return stage("Build", a)
}

// environmentStage has at most four actions, however many datasets there are: one deployment is one action.
func (d *DeliveryPipeline) environmentStage(e DeliveryEnvironment,
	p *deliveryProject) *awscodepipeline.CfnPipeline_StageDeclarationProperty {
	step := func(name string, order int, step string) *awscodepipeline.CfnPipeline_ActionDeclarationProperty {
		variables, err := json.Marshal([]map[string]string{{"name": "STEP", "value": step, "type": "PLAINTEXT"}})
		if err != nil {
			panic("BUG: maps of strings are not JSON: " + err.Error())
		}
		a := action(name, "Build", "CodeBuild", order, map[string]string{
			"ProjectName": *p.project.Ref(), "EnvironmentVariables": string(variables),
		})
		a.InputArtifacts = &[]interface{}{&awscodepipeline.CfnPipeline_InputArtifactProperty{Name: str(assemblyArtifact)}}
		return a
	}
	actions := []*awscodepipeline.CfnPipeline_ActionDeclarationProperty{step("Gate", 1, "gate")}
	if e.Approve {
		actions = append(actions, action("Approve", "Approval", "Manual", 2, map[string]string{
			"NotificationArn": *d.Topic.TopicArn(), "CustomData": "Deliver to " + e.Name + "? The log of Gate says what " +
				"changes.",
		}))
	}
	actions = append(actions, step("Deploy", 3, "deploy"))
	if e.SmokeRole != "" {
		actions = append(actions, step("Smoke", 4, "smoke"))
	}
	return stage(strings.ToUpper(e.Name[:1])+e.Name[1:], actions...)
}
