package iam

import (
	"slices"
	"strconv"
	"strings"
)

// operators hold the values of a request's key against those of a condition. A key that the request does not have is
// held against nothing: present is false.
var operators = map[string]func(present bool, has, want []string) bool{
	"StringEquals":              one(equal),
	"StringLike":                one(like),
	"ArnEquals":                 one(like),
	"ArnLike":                   one(like),
	"Bool":                      one(strings.EqualFold),
	"NumericLessThan":           one(less),
	"ForAllValues:StringEquals": all(equal),
	"ForAnyValue:StringLike":    one(like),
}

func one(matches func(has, want string) bool) func(bool, []string, []string) bool {
	return func(present bool, has, want []string) bool {
		return present && slices.ContainsFunc(has, func(h string) bool {
			return slices.ContainsFunc(want, func(w string) bool { return matches(h, w) })
		})
	}
}

// all holds for a key that is not there too, which is why it allows on its own only what another condition has bounded.
func all(matches func(has, want string) bool) func(bool, []string, []string) bool {
	return func(_ bool, has, want []string) bool {
		return !slices.ContainsFunc(has, func(h string) bool {
			return !slices.ContainsFunc(want, func(w string) bool { return matches(h, w) })
		})
	}
}

func equal(has, want string) bool { return has == want }

func less(has, want string) bool {
	h, err := strconv.ParseFloat(has, 64)
	w, wrong := strconv.ParseFloat(want, 64)
	return err == nil && wrong == nil && h < w
}

// like matches a text with a pattern in which * stands for any text.
func like(text, pattern string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return text == pattern
	}
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return strings.HasSuffix(text, parts[last])
}

// keys are the condition keys that requests can have here. One that ends in : or / is followed by a name.
var keys = []string{
	"aws:PrincipalArn", "aws:SourceArn", "aws:SourceAccount", "aws:SecureTransport", "aws:ResourceTag/",
	"dynamodb:LeadingKeys", "kms:CallerAccount", "kms:EncryptionContext:", "kms:GrantConstraintType",
	"kms:GrantOperations",
	"kms:ViaService", "s3:TlsVersion", "s3:prefix",
}

// canonical returns a condition key as it stands in keys, for IAM takes it in upper or lower case; "" for an unknown
// one.
func canonical(key string) string {
	for _, k := range keys {
		name := strings.HasSuffix(k, ":") || strings.HasSuffix(k, "/")
		switch {
		case !name && strings.EqualFold(key, k):
			return k
		case name && strings.HasPrefix(key, k):
			return key
		}
	}
	return ""
}

// holds reports whether a condition holds for a request.
func (c Condition) holds(context map[string][]string) bool {
	has, present := context[c.Key]
	return operators[c.Operator](present, has, c.Values)
}
