package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// addOutput makes an output of the stack that has exactly this name. Where a stack holds several twins or pipelines,
// the later ones put the id of their construct before it. No secret is an output, only where one lies.
func addOutput(c awsconstructs.Construct, name, value, description string) {
	stack := awscdk.Stack_Of(c)
	if stack.Node().TryFindChild(str(name)) != nil {
		name = sid(*c.Node().Id()) + name
	}
	awscdk.NewCfnOutput(stack, str(name), &awscdk.CfnOutputProps{Value: str(value), Description: str(description)})
}
