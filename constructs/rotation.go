package constructs

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

const (
	defaultGrace = 7 * 24 * time.Hour
	maxGrace     = 90 * 24 * time.Hour
)

// rotation is what rotates the secrets of the clients of a core.
type rotation struct {
	rotatesSecrets awsiam.PolicyStatement // of Rotate; each client adds its secret
	daily          awsevents.CfnRule
	due            []wiring.Rotation // what the rule asks for every day
}

// rotateTime is how long a call may take that finds clients to rotate.
const rotateTime = 5 * time.Minute

// addRotate makes the function that rotates the secrets of clients: when an operator calls it, and every day for what
// is due. AWS Secrets Manager's own rotation has no step that ends the old secret after a grace time, so a rule would
// be needed beside it; with the rule alone there is one way in, and an operator hears at once what has become of it.
func (core *DigitalTwinCore) addRotate() error {
	days := strconv.Itoa(int(core.props.SecretGrace / (24 * time.Hour)))
	f, err := core.newCoreFunction("Rotate", "rotate", "Digital Twin: rotates the secrets of clients", rotateTime,
		wiring.Rotate{UserPool: *core.Users.Pool.UserPoolId(), GraceDays: days}.Env())
	if err != nil {
		return err
	}
	f.allow("ReplaceSecrets", []string{
		"cognito-idp:AddUserPoolClientSecret", "cognito-idp:DeleteUserPoolClientSecret",
		"cognito-idp:ListUserPoolClientSecrets",
	}, *core.Users.Pool.UserPoolArn())
	f.useKey("EncryptCredentials", core.writeSecrets)
	accept(f.Function, "It is called once a day, and by an operator.", "NIST.800.53.R5-LambdaConcurrency")
	accept(f.Function, "An event that fails is repeated by AWS Lambda and by the rule of the next day, and an alarm "+
		"tells of it.",
		"NIST.800.53.R5-LambdaDLQ")
	core.daily = f.calledEvery("Daily", "rate(1 day)", "Digital Twin: ends and rotates the secrets that are due")
	core.Rotate = f
	return nil
}

// clientsAtOnce is how many clients an event names: it has 8,192 characters.
const clientsAtOnce = 25

// addRotation lets the function rotate the client's secret, and makes the rule call it every day for that.
func (c *Client) addRotation(props ClientProps) {
	core, secret := c.core, *c.Secret.Ref()
	core.rotatesSecrets = core.Rotate.extend(core.rotatesSecrets, "RotateClients", changesSecret, secret)
	core.due = append(core.due, wiring.Rotation{Secret: secret, EveryDays: props.RotateDays})
	var targets []interface{}
	for due := range slices.Chunk(core.due, clientsAtOnce) {
		event, err := json.Marshal(wiring.RotateEvent{Daily: due})
		if err != nil {
			panic("BUG: " + err.Error())
		}
		targets = append(targets, &awsevents.CfnRule_TargetProperty{
			Id: str(fmt.Sprint("clients", len(targets))), Arn: core.Rotate.Function.FunctionArn(), Input: str(string(event)),
		})
	}
	core.daily.SetTargets(&targets)
}

// checkRotation finds what cannot be a rotation. An old secret ends before the next rotation needs its place.
func checkRotation(grace time.Duration, clients map[string]ClientProps) []error {
	var errs []error
	if grace < 24*time.Hour || grace > maxGrace || grace%(24*time.Hour) != 0 {
		errs = append(errs, fmt.Errorf("secretGraceDays is %g: want whole days, 1 to %d", grace.Hours()/24,
			maxGrace/(24*time.Hour)))
	}
	for _, name := range slices.Sorted(maps.Keys(clients)) {
		days := clients[name].RotateDays
		if days != 0 && (days < 0 || days > 3650 || time.Duration(days)*24*time.Hour <= grace) {
			errs = append(errs,
				fmt.Errorf("clients.%s.rotateDays is %d: want more days than the %d of secretGraceDays, at most "+
					"3650, or 0 for never", name, days, grace/(24*time.Hour)))
		}
	}
	return errs
}
