package bolt

import (
	"container/heap"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// wake is when a component has to be looked at, because a reading of it expires.
type wake struct {
	at        twin.Millis
	component string
}

// wakes are the next of each component that has readings which expire.
type wakes struct {
	queue wakeQueue
	next  map[string]twin.Millis // the earliest in the queue; later ones of the same component say nothing
}

// add adds a wake, unless there is an earlier one of the component.
func (w *wakes) add(n wake) {
	if w.next == nil {
		w.next = map[string]twin.Millis{}
	}
	if at, ok := w.next[n.component]; ok && at <= n.at {
		return
	}
	w.next[n.component] = n.at
	heap.Push(&w.queue, n)
}

// due takes out the components that are to be looked at by a time.
func (w *wakes) due(now twin.Millis) (components []string) {
	for len(w.queue) > 0 && w.queue[0].at <= now {
		n := heap.Pop(&w.queue).(wake)
		if at, ok := w.next[n.component]; ok && at == n.at {
			delete(w.next, n.component)
			components = append(components, n.component)
		}
	}
	return components
}

// wakeQueue is a heap, the earliest first.
type wakeQueue []wake

func (q wakeQueue) Len() int           { return len(q) }
func (q wakeQueue) Less(i, j int) bool { return q[i].at < q[j].at }
func (q wakeQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *wakeQueue) Push(x any)        { *q = append(*q, x.(wake)) }

func (q *wakeQueue) Pop() any {
	old := *q
	n := len(old) - 1
	last := old[n]
	old[n] = wake{}
	*q = old[:n]
	return last
}
