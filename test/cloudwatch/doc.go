// Package cloudwatch evaluates alarms as Amazon CloudWatch does, so that tests can see them go off and end.
//
// [Parse] reads an alarm out of a template, and [Alarm.States] says in which state it is after each period of recorded
// points: by its period and statistic, its metric math, how it treats missing data, and how many datapoints it takes.
// Metric math is what the alarms of the twin use: arithmetic, comparisons, AND and OR, FILL, IF, MAX of a list, DIFF
// and HOUR. Anything else is an error.
package cloudwatch
