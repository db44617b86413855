package dynamo

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// The names of attributes are short, because they are paid for in every item.
const (
	metricPrefix = "m:"
	attrFloor    = "floor"
	attrCount    = "n"
	attrBlock    = "p" // of a packed item, see package packed

	keyRank, keyValue, keyUnit, keyLineage = "r", "v", "u", "x"
)

// item is an item as the SDK gives it.
type item map[string]types.AttributeValue

// The items of the store itself.
const (
	catalogue   = schema.Catalogue
	ownPart     = "#" // a dataset is not empty and has no #, so no part of a dataset begins with it
	partDataset = "#dataset#"
	partNewest  = "#newest#"
	partOrigin  = "#origin#"

	attrEntry, attrNewest, attrExtractor, attrStream = "entry", "newest", "extractor", "stream"
)

func key(component, part string) item {
	return item{schema.Component: text(component), schema.Part: text(part)}
}

func catalogueKey(part string) item { return key(catalogue, part) }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func blob(b []byte) types.AttributeValue { return &types.AttributeValueMemberB{Value: b} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// textOf, bytesOf and numberOf give the zero value for an attribute that is not there.
func textOf(v types.AttributeValue) string {
	s, _ := v.(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}

func bytesOf(v types.AttributeValue) []byte {
	b, _ := v.(*types.AttributeValueMemberB)
	if b == nil {
		return nil
	}
	return b.Value
}

func numberOf(v types.AttributeValue) (int64, error) {
	n, _ := v.(*types.AttributeValueMemberN)
	if n == nil {
		return 0, nil
	}
	return strconv.ParseInt(n.Value, 10, 64)
}

func ptr[T any](v T) *T { return &v }

// cell encodes a reading.
func cell(r *twin.Reading) types.AttributeValue {
	m := item{keyRank: blob(r.Rank[:]), keyValue: text(r.Value)}
	if r.Unit != "" {
		m[keyUnit] = text(r.Unit)
	}
	if x := packLineage(&r.Source); x != nil {
		m[keyLineage] = blob(x)
	}
	return &types.AttributeValueMemberM{Value: m}
}

// errCorrupt is said of an item that no version of this package has written.
var errCorrupt = errors.New("the item is damaged")

func rankOf(v types.AttributeValue) (twin.Rank, error) {
	b := bytesOf(v)
	if len(b) != twin.RankSize {
		return twin.Rank{}, fmt.Errorf("%w: a rank has %d bytes", errCorrupt, len(b))
	}
	return twin.Rank(b), nil
}

// reading decodes what cell encodes, but for the origin, whose id is returned.
func (it item) reading(attribute string) (r twin.Reading, id originID, err error) {
	m, _ := it[attribute].(*types.AttributeValueMemberM)
	r = twin.Reading{Component: textOf(it[schema.Component]), Dataset: textOf(it[schema.Dataset]), Metric: attribute[len(metricPrefix):]}
	if m == nil {
		return r, id, fmt.Errorf("dynamo: %s.%s is no reading", r.Component, r.Metric)
	}
	if r.Rank, err = rankOf(m.Value[keyRank]); err == nil {
		r.Source.Position, id, err = unpackLineage(bytesOf(m.Value[keyLineage]))
	}
	if err != nil {
		return r, id, fmt.Errorf("dynamo: %s.%s: %w", r.Component, r.Metric, err)
	}
	r.Value, r.Unit = textOf(m.Value[keyValue]), textOf(m.Value[keyUnit])
	r.EventTime, r.Source.ReceivedAt = r.Rank.EventTime(), r.Rank.ReceivedAt()
	return r, id, nil
}

// metrics counts the readings of an item.
func (it item) metrics() int {
	n := 0
	for name := range it {
		if strings.HasPrefix(name, metricPrefix) {
			n++
		}
	}
	return n
}

// rank returns the rank of a metric, false where the item does not have it.
func (it item) rank(metric string) (twin.Rank, bool, error) {
	m, _ := it[metricPrefix+metric].(*types.AttributeValueMemberM)
	if m == nil {
		return twin.Rank{}, false, nil
	}
	r, err := rankOf(m.Value[keyRank])
	return r, true, err
}
