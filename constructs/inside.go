package constructs

import (
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// insideTime is how long a call may take: Amazon CloudWatch may be asked several times for it.
const insideTime = 20 * time.Second

// insideRoutes are the calls that tell of the twin itself. They are there with the page, which asks for them: Amazon
// CloudWatch takes a fee for what it is asked.
var insideRoutes = []Route{
	{Method: "GET", Path: "/v1/activity", Inside: true},
	{Method: "GET", Path: "/v1/datasets/{dataset}/extractor", Inside: true},
}

func (core *DigitalTwinCore) insideSettings() wiring.Inside {
	return wiring.Inside{
		Environment: core.environment, Table: *core.Table.TableName(), Origins: strings.Join(core.props.CORSOrigins, " "),
	}
}

// addInside makes the function behind insideRoutes. It reads the catalogue and metrics, and no readings.
func (core *DigitalTwinCore) addInside() error {
	if core.props.Page == nil {
		return nil
	}
	f, err := core.newRestrictedFunction("Inside", "inside", "Digital Twin: tells what came in, and the SQL of datasets",
		insideTime, core.insideSettings().Env())
	if err != nil {
		return err
	}
	f.allowIf("ReadCatalogue", []string{"dynamodb:Query"}, ofCatalogue, *core.Table.TableArn())
	f.useKey("DecryptReadings", core.readReadings)
	f.allow("ReadMetrics", []string{"cloudwatch:GetMetricData"}, "*")
	acceptPattern(f.Policy, "Resource::*", noResources)
	acceptThrottled(f)
	acceptAnswering(f)
	core.Inside = f
	return nil
}
