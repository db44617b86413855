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
		givenUp = append(givenUp, mappingMetric(m, "OnFailureDestinationDeliveredEventCount"),
			mappingMetric(m, "DroppedEventCount"))
	}
	w := words{"records": records, "late": minutes(h.late()), "retry": hours(retry)}
	return append(functionAlarms(id, f, records),
		alarm{
			id: id + "Behind", kind: "Behind", metric: f.Function.Metric(str("IteratorAge"), over("Maximum", time.Minute)),
			threshold: float64(h.late().Milliseconds()), times: 3, words: w,
		},
		alarm{id: id + "GaveUp", kind: "GaveUp", metric: sum(5*time.Minute, givenUp...), words: w},
	)
}

// objectAlarms are of a function that reads objects, whose names wait in a queue.
func (h *host) objectAlarms(r *ObjectReader, records string) []alarm {
	// An object that failed waits for its next turn, which is no reason to wake anybody.
	oldest := h.late() + hiddenTime
	w := words{"records": records, "late": minutes(oldest), "retry": hours(r.retry)}
	return append(functionAlarms("Objects", r.Function, records),
		alarm{
			id: "ObjectsBehind", metric: r.Queue.MetricApproximateAgeOfOldestMessage(over("Maximum", time.Minute)),
			threshold: oldest.Seconds(), times: 3, words: w,
		},
		alarm{id: "ObjectsGaveUp", metric: r.Failed.MetricApproximateNumberOfMessagesVisible(over("Maximum", 5*time.Minute)),
			words: w},
	)
}

// functionAlarms are of any function that processes records, or calls.
func functionAlarms(id string, f *Function, records string) []alarm {
	w := words{"records": records}
	return []alarm{
		{id: id + "Fails", kind: "Fails", metric: f.Function.MetricErrors(over("Sum", time.Minute)), times: 3, of: 5,
			words: w},
		{id: id + "Throttled", kind: "Throttled", metric: f.Function.MetricThrottles(over("Sum", time.Minute)), times: 5,
			words: w},
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
