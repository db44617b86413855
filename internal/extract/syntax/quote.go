package syntax

import "strings"

// Quote writes a name as it must stand in SQL: in backticks where it is reserved or has other characters than letters,
// digits and underscores.
func Quote(name string) string {
	if plainName(name) {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

func plainName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r|0x20 >= 'a' && r|0x20 <= 'z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != "" && !Reserved(strings.ToUpper(s))
}
