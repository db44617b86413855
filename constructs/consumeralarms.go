package constructs

import (
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
)

// minutes writes a time as people read it in an alarm.
func minutes(d time.Duration) string { return fmt.Sprintf("%d minutes", int(d.Minutes())) }

// consumerAlarms are of a function that reads streams, by event source mappings that have these ids. Records are given
// up after retry.
func (h *host) consumerAlarms(id string, f *Function, mappings []string, records string, retry time.Duration) []alarm {
	givenUp := []awscloudwatch.IMetric{f.Function.Metric(str("DestinationDeliveryFailures"), over("Sum", 5*time.Minute))}
	for _, m := range mappings {
		givenUp = append(givenUp, mappingMetric(m, "OnFailureDestinationDeliveredEventCount"), mappingMetric(m, "DroppedEventCount"))
	}
	return append(functionAlarms(id, f, records),
		alarm{
			id: id + "Behind", metric: f.Function.Metric(str("IteratorAge"), over("Maximum", time.Minute)),
			above: float64(h.late().Milliseconds()), times: 3,
			description: fmt.Sprintf("The oldest unprocessed %s are older than %s. They are given up after %s. If the function fails, its "+
				"log says why. If it runs without a pause, give the stream more shards or raise parallel of the dataset.",
				records, minutes(h.late()), hours(retry)),
		},
		alarm{
			id: id + "GaveUp", metric: sum(5*time.Minute, givenUp...),
			description: fmt.Sprintf("After %s of retries, %s were given up. They are below aws/lambda/ in the bucket of rejects until they "+
				"expire there: remove the cause and call the function with the field payload of each. Where the delivery to the bucket "+
				"failed too, only the source has them.", hours(retry), records),
		},
	)
}

// objectAlarms are of a function that reads objects, whose names wait in a queue.
func (h *host) objectAlarms(r *ObjectReader, records string) []alarm {
	// An object that failed waits for its next turn, which is no reason to wake anybody.
	oldest := h.late() + hiddenTime
	return append(functionAlarms("Objects", r.Function, records),
		alarm{
			id: "ObjectsBehind", metric: r.Queue.MetricApproximateAgeOfOldestMessage(over("Maximum", time.Minute)), above: oldest.Seconds(), times: 3,
			description: fmt.Sprintf("An object with %s has been waiting for more than %s. If the function fails, its log says why. If it runs "+
				"without a pause, objects arrive faster than they are read: write more but smaller ones, or below several prefixes.",
				records, minutes(oldest)),
		},
		alarm{
			id: "ObjectsGaveUp", metric: r.Failed.MetricApproximateNumberOfMessagesVisible(over("Maximum", 5*time.Minute)),
			description: fmt.Sprintf("Objects with %s could not be read in %s. Their names are in the dead-letter queue Failed for 14 days: "+
				"remove the cause, which is in the function's log, and start the redrive of that queue.", records, hours(r.retry)),
		},
	)
}

// functionAlarms are of any function that processes records.
func functionAlarms(id string, f *Function, records string) []alarm {
	return []alarm{
		{
			id: id + "Fails", metric: f.Function.MetricErrors(over("Sum", time.Minute)), times: 3, of: 5,
			description: fmt.Sprintf("The function fails repeatedly, and its input waits. Malformed %s do not cause this: they become rejects. "+
				"The log of the function names the service that does not answer, or the missing permission.", records),
		},
		{
			id: id + "Throttled", metric: f.Function.MetricThrottles(over("Sum", time.Minute)), times: 5,
			description: "The function is throttled: the account has no concurrency left for it. Raise the quota of AWS Lambda for " +
				"concurrent executions.",
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
