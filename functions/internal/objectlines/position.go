package objectlines

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// MaxShard is the greatest length of an object's name in a position, which becomes part of another name.
const MaxShard = 256

// Position returns the place of an object's first record; the others count on from it. An object is a shard of its
// bucket.
func Position(bucket, key string) twin.Position {
	shard := url.PathEscape(key)
	if len(shard) > MaxShard {
		sum := sha256.Sum256([]byte(shard))
		id := hex.EncodeToString(sum[:])[:12] + "-"
		shard = id + shard[len(shard)-MaxShard+len(id):]
	}
	return twin.Position{Stream: bucket, Shard: shard, Sequence: "0"}
}
