package lambda

import (
	"math"
	"sort"
	"time"
)

// Poll is how often AWS Lambda asks every shard of a stream for records, where there is no enhanced fan-out. So a
// record waits for up to that long, and any wait is as likely as any other.
const Poll = time.Second

// Waiting returns how long a record waits at most in p of all cases, 0 to 1, on its way through streams whose mappings
// have these batching windows, one for each. A window is waited for to its end, which holds while there are few
// records. What the functions and services work comes on top.
func Waiting(p float64, windows ...time.Duration) time.Duration {
	var all time.Duration
	for _, w := range windows {
		all += w
	}
	const steps = 1000 // of a poll
	n := sort.Search(len(windows)*steps, func(i int) bool { return irwinHall(float64(i)/steps, len(windows)) >= p })
	return all + time.Duration(n)*Poll/steps
}

// irwinHall is the probability that the sum of n times, each uniformly distributed from 0 to 1, is at most x.
func irwinHall(x float64, n int) float64 {
	sum, sign, choose, factorial := 0.0, 1.0, 1.0, 1.0
	for k := range n {
		if rest := x - float64(k); rest > 0 {
			sum += sign * choose * math.Pow(rest, float64(n))
		}
		sign, choose, factorial = -sign, choose*float64(n-k)/float64(k+1), factorial*float64(k+1)
	}
	return sum / factorial
}
