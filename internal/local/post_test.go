package local

import (
	"errors"
	"testing"
)

// Ensure that a body of which a part was given up is not acknowledged.
func TestPostGivenUp(t *testing.T) {
	for _, stored := range []bool{true, false} {
		p := newPost()
		p.sent()
		p.sent()
		p.finished(true)
		p.finished(stored)
		select {
		case <-p.done:
			t.Fatal("it has ended before all of it was sent")
		default:
		}
		p.finished(true)
		<-p.done
		if _, err := p.answer("boxes"); errors.Is(err, errEnding) == stored {
			t.Errorf("stored %v: %v", stored, err)
		}
	}
}
