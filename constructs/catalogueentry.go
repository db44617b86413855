package constructs

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// addCatalogueEntry makes the deployment write the dataset into the catalogue, and its end remove it.
// The triggers wait for it, so that the policies of the dataset hold from its first record.
func (x *PipelineExtractor) addCatalogueEntry() error {
	entry, err := json.Marshal(x.Dataset)
	if err != nil {
		return fmt.Errorf("the catalogue entry: %w", err)
	}
	pipeline, err := json.Marshal(x.pipeline)
	if err != nil {
		return fmt.Errorf("the pipeline: %w", err)
	}
	resource := awscdk.NewCustomResource(x.Node, str("CatalogueEntry"), &awscdk.CustomResourceProps{
		ServiceToken:   str(x.host.catalogue),
		ResourceType:   str("Custom::DigitalTwinDataset"),
		ServiceTimeout: duration(2 * time.Minute),
		Properties: &map[string]interface{}{wiring.DatasetProperty: string(entry),
			wiring.PipelineProperty: string(pipeline)},
	})
	for _, t := range x.triggers {
		t.Node().AddDependency(resource)
	}
	return nil
}
