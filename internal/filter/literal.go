package filter

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// literal is a value that a filter compares with: one JSON text.
type literal struct {
	text   string
	kind   kind
	number float64 // of kind isNumber
	plain  string  // of kind isText, without quotes and escapes
}

// kind is a kind of JSON value.
type kind uint8

const (
	isOther kind = iota // an object or an array, which nothing compares with
	isNumber
	isText
	isWord // true, false or null
)

// kindOf returns the kind of a JSON text.
func kindOf(value string) kind {
	if value == "" {
		return isOther
	}
	switch c := value[0]; {
	case c == '"':
		return isText
	case c == '-' || '0' <= c && c <= '9':
		return isNumber
	case c == 't' || c == 'f' || c == 'n':
		return isWord
	}
	return isOther
}

// ordered reports whether values of this kind are less or greater than each other.
func (l *literal) ordered() bool { return l.kind == isNumber || l.kind == isText }

// compare compares a value, which is JSON text, with l. Values of other kinds do not compare.
func (l *literal) compare(value string) (order int, comparable bool) {
	if k := kindOf(value); k != l.kind || k == isOther {
		return 0, false
	}
	switch l.kind {
	case isNumber:
		return compareNumbers(value, l), true
	case isText:
		return strings.Compare(textOf(value), l.plain), true
	}
	return strings.Compare(value, l.text), true // 0 for the same word only
}

// compareNumbers compares exactly. Rounding to a double keeps the order, so only equal doubles need more.
func compareNumbers(value string, l *literal) int {
	if value == l.text {
		return 0
	}
	number, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return 1 // no double has room for it, so it was not taken into the store
	}
	switch {
	case number < l.number:
		return -1
	case number > l.number:
		return 1
	}
	a, b := exact(value), exact(l.text)
	if a == nil || b == nil {
		return 0
	}
	return a.Cmp(b)
}

// exact returns a JSON number as it is; nil for one so near to 0 that it would take a million digits.
func exact(number string) *big.Rat {
	if e := strings.IndexAny(number, "eE"); e >= 0 {
		const enough = 5000 // of a double, and of the digits of a value
		if exponent, err := strconv.Atoi(number[e+1:]); err != nil || exponent < -enough || exponent > enough {
			return nil
		}
	}
	r, _ := new(big.Rat).SetString(number)
	return r
}

// textOf returns what a JSON string says.
func textOf(value string) string {
	if twin.ScalarOf(value) == twin.TextScalar {
		return value[1 : len(value)-1]
	}
	var s string
	if json.Unmarshal([]byte(value), &s) != nil {
		return value
	}
	return s
}
