package constructs

import (
	"cmp"
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
)

// behind is how old what waits may become.
func (core *DigitalTwinCore) behind() time.Duration {
	return time.Duration(cmp.Or(core.props.Alarms.BehindMinutes, 5)) * time.Minute
}

// consumerAlarms are of a function that reads streams, by event source mappings that have these ids.
func (core *DigitalTwinCore) consumerAlarms(id string, f *Function, mappings []string, records string) []alarm {
	givenUp := []awscloudwatch.IMetric{f.Function.Metric(str("DestinationDeliveryFailures"), over("Sum", 5*time.Minute))}
	for _, m := range mappings {
		givenUp = append(givenUp, mappingMetric(m, "OnFailureDestinationDeliveredEventCount"), mappingMetric(m, "DroppedEventCount"))
	}
	return append(functionAlarms(id, f, records),
		alarm{
			id: id + "Behind", metric: f.Function.Metric(str("IteratorAge"), over("Maximum", time.Minute)),
			above: float64(core.behind().Milliseconds()), times: 3,
			says: fmt.Sprintf("The oldest of the %s that wait is older than %s, and at 20 hours it is given up. If the function fails, its "+
				"log says why; if it works without a pause, give the stream more shards or the trigger a greater parallelisation factor.",
				records, core.behind()),
		},
		alarm{
			id: id + "GaveUp", metric: sum(5*time.Minute, givenUp...),
			says: fmt.Sprintf("After 20 hours of failures, %s were given up. They lie below aws/lambda/ in the bucket of rejects, for the "+
				"days that it keeps them: remove the cause and call the function with the field payload of each. Where the delivery itself "+
				"failed they do not, and are to be had from their source only.", records),
		},
	)
}

// objectAlarms are of a function that reads objects, whose names wait in a queue.
func (core *DigitalTwinCore) objectAlarms(r *ObjectReader, records string) []alarm {
	// An object that failed waits for its next turn, which is no reason to wake anybody.
	oldest := core.behind() + hiddenTime
	return append(functionAlarms("Objects", r.Function, records),
		alarm{
			id: "ObjectsBehind", metric: r.Queue.MetricApproximateAgeOfOldestMessage(over("Maximum", time.Minute)), above: oldest.Seconds(), times: 3,
			says: fmt.Sprintf("An object with %s waits for longer than %s. If the function fails, its log says why; if it works without a "+
				"pause, objects come faster than they are read: have more but smaller ones, or several prefixes.", records, oldest),
		},
		alarm{
			id: "ObjectsGaveUp", metric: r.Failed.MetricApproximateNumberOfMessagesVisible(over("Maximum", 5*time.Minute)),
			says: fmt.Sprintf("Objects with %s could not be read in 20 hours. Their names are in the queue Failed for 14 days: remove the "+
				"cause, which is in the function's log, and start the redrive of that queue.", records),
		},
	)
}

// functionAlarms are of any function that works off records.
func functionAlarms(id string, f *Function, records string) []alarm {
	return []alarm{
		{
			id: id + "Fails", metric: f.Function.MetricErrors(over("Sum", time.Minute)), times: 3, of: 5,
			says: fmt.Sprintf("The function fails again and again, and what it reads waits. Bad %s are no reason: those are rejects. Its log "+
				"names the service that does not answer, or the permission that is missing.", records),
		},
		{
			id: id + "Throttled", metric: f.Function.MetricThrottles(over("Sum", time.Minute)), times: 5,
			says: "AWS Lambda has no concurrency left for the function. Raise the account's quota for concurrent executions.",
		},
	}
}

// mappingMetric is a metric of an event source mapping.
func mappingMetric(mapping, name string) awscloudwatch.IMetric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: str("AWS/Lambda"), MetricName: str(name),
		DimensionsMap: stringMap(map[string]string{"EventSourceMappingUUID": mapping}),
		Statistic:     str("Sum"), Period: duration(5 * time.Minute),
	})
}
