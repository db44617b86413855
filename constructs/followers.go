package constructs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	feedschema "github.com/railtwin/digitaltwin/internal/feed/dynamolog/schema"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// ofSeats limits requests to the items of the log that say who follows.
var ofSeats = map[string]interface{}{
	"ForAllValues:StringEquals": map[string]interface{}{"dynamodb:LeadingKeys": []string{strconv.Itoa(feedschema.Seats)}},
}

// checkClients finds clients with a bound that they cannot have.
func (c *Changes) checkClients(clients map[string]ClientProps) (errs []error) {
	for _, name := range slices.Sorted(maps.Keys(clients)) {
		n := clients[name].Followers
		if n == 0 {
			continue
		}
		if c == nil {
			errs = append(errs,
				fmt.Errorf(`clients.%s.followers is %d, and there is no change feed to follow: set "changes": {} too`, name, n))
		} else if most := cmp.Or(c.Followers, usualFollowers); n < 0 || n > most {
			errs = append(errs, fmt.Errorf("clients.%s.followers is %d: want 1 to %d, which is changes.followers, or 0 for "+
				"half of that", name, n, most))
		}
	}
	return errs
}

// usualOfCaller is how many streams and long polls a caller keeps at once: never more than half of all, so that one
// alone does not take them.
func (c *Changes) usualOfCaller() int { return max(1, c.Followers/2) }

// boundFollowers tells the function that streams how many streams and long polls each caller may keep.
func (core *DigitalTwinCore) boundFollowers() {
	if core.Feed == nil {
		return
	}
	clients := map[string]int{}
	for name, c := range core.props.Clients {
		if c.Followers > 0 {
			clients[core.idOf(name)] = c.Followers
		}
	}
	bounds := wiring.Follow{Followers: wiring.NewFollowers(core.props.Changes.usualOfCaller(), clients)}
	core.Feed.Follow.set(bounds.Env())
}
