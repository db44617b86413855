package rejects

import "strings"

// Like returns what a sentence about a problem says of every record that has it: what stands in quotes, and words with
// digits, are the record's own and become "…". So "81,8" does not fit DOUBLE is like "82,1" does not fit DOUBLE.
func Like(detail string) string {
	var b strings.Builder
	for detail != "" {
		switch detail[0] {
		case ' ':
			b.WriteByte(' ')
			detail = detail[1:]
		case '"':
			b.WriteString(`"…"`)
			detail = detail[quoted(detail):]
		default:
			end := strings.IndexAny(detail, ` "`)
			if end < 0 {
				end = len(detail)
			}
			b.WriteString(likeWord(detail[:end]))
			detail = detail[end:]
		}
	}
	return b.String()
}

// quoted is the length of the quoted text that s begins with, all of s where its end was cut off.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// likeWord is a word, or … with its punctuation where there is a digit in it.
func likeWord(word string) string {
	const digits = "0123456789"
	if !strings.ContainsAny(word, digits) {
		return word
	}
	head, tail := strings.TrimLeft(word, "(["), strings.TrimRight(word, ",;:.)]")
	return word[:len(word)-len(head)] + "…" + word[len(tail):]
}
