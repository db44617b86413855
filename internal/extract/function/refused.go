package function

import (
	"maps"
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
)

// Refusal says why a function of Flink is not taken.
type Refusal struct {
	Verdict      diag.Verdict
	Reason, Hint string
}

// Refused returns the refusal of a function of Flink.
func Refused(name string) (Refusal, bool) {
	if r, ok := refused[name]; ok {
		return r, true
	}
	if aggregates[name] {
		return Refusal{diag.NeedsFlink, name + " looks at many records", "the Go engine sees one record at a time"}, true
	}
	if others[name] {
		return Refusal{diag.Rejected, "Flink has " + name + ", the Go engine has not", "docs/sql.md lists what both have"}, true
	}
	return Refusal{}, false
}

// others are scalar functions of Flink that neither have a substitute here nor were asked for.
var others = set(
	"SIN", "COS", "TAN", "COT", "ASIN", "ACOS", "ATAN", "ATAN2", "SINH", "COSH", "TANH", "DEGREES", "RADIANS", "PI", "E", "LOG", "LOG2", "LOG1P", "CBRT", "HEX", "BIN", "UNHEX",
	"MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SHA2", "ASCII", "CHR", "DECODE", "ENCODE", "REPEAT", "OVERLAY", "TRANSLATE", "REGEXP_COUNT", "REGEXP_EXTRACT_ALL",
	"REGEXP_INSTR", "REGEXP_SUBSTR", "SUBSTRING_INDEX", "URL_DECODE", "URL_ENCODE", "PRINTF", "ELT", "SPACE", "SOUNDEX", "ARRAY_JOIN", "ARRAY_DISTINCT", "ARRAY_MAX", "ARRAY_MIN",
	"ARRAY_REMOVE", "ARRAY_REVERSE", "ARRAY_SLICE", "ARRAY_SORT", "ARRAY_UNION", "ARRAY_CONCAT", "ARRAY_EXCEPT", "ARRAY_INTERSECT", "ARRAY_APPEND", "ARRAY_PREPEND", "MAP_KEYS",
	"MAP_VALUES", "MAP_ENTRIES", "MAP_UNION", "MAP_FROM_ARRAYS", "JSON_QUOTE", "JSON", "TYPEOF", "IS_ALPHA", "IS_DECIMAL", "IS_DIGIT", "TO_TIMESTAMP_NTZ",
)

// RefusedNames returns the names of the functions that are refused one by one, in order.
func RefusedNames() []string { return slices.Sorted(maps.Keys(refused)) }

var aggregates = set(
	"COUNT", "SUM", "AVG", "MIN", "MAX", "STDDEV_POP", "STDDEV_SAMP", "VAR_POP", "VAR_SAMP", "VARIANCE", "COLLECT", "LISTAGG",
	"FIRST_VALUE", "LAST_VALUE", "ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE", "LAG", "LEAD", "CUME_DIST", "PERCENT_RANK", "APPROX_COUNT_DISTINCT",
	"ARRAY_AGG", "JSON_OBJECTAGG", "JSON_ARRAYAGG", "PERCENTILE",
	"TUMBLE", "HOP", "CUMULATE", "SESSION", "TUMBLE_START", "TUMBLE_END", "TUMBLE_ROWTIME", "TUMBLE_PROCTIME",
	"HOP_START", "HOP_END", "HOP_ROWTIME", "HOP_PROCTIME", "SESSION_START", "SESSION_END", "MATCH_ROWTIME", "MATCH_PROCTIME",
)

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

const changes = "gives another answer each time, so a replayed record would not end in the same state"

var refused = map[string]Refusal{
	"NOW":                   {diag.Rejected, "NOW " + changes, "take the time from the record"},
	"PROCTIME":              {diag.Rejected, "PROCTIME " + changes, "take the time from the record"},
	"CURRENT_ROW_TIMESTAMP": {diag.Rejected, "CURRENT_ROW_TIMESTAMP " + changes, "take the time from the record"},
	"UUID":                  {diag.Rejected, "UUID " + changes, "name things by what the record says"},
	"RAND":                  {diag.Rejected, "RAND " + changes, ""},
	"RAND_INTEGER":          {diag.Rejected, "RAND_INTEGER " + changes, ""},
	"CURRENT_WATERMARK":     {diag.NeedsFlink, "CURRENT_WATERMARK is for windows", ""},
	"LENGTH":                {diag.Rejected, "Flink has no function LENGTH", "write CHAR_LENGTH(x)"},
	"LEN":                   {diag.Rejected, "Flink has no function LEN", "write CHAR_LENGTH(x)"},
	"OCTET_LENGTH":          {diag.Rejected, "Flink has no function OCTET_LENGTH", "write CHAR_LENGTH(x)"},
	"REGEXP_LIKE":           {diag.Rejected, "Flink has no function REGEXP_LIKE", "write REGEXP_EXTRACT(x, 'pattern') IS NOT NULL"},
	"NVL":                   {diag.Rejected, "Flink has no function NVL", "write COALESCE(x, y)"},
	"ISNULL":                {diag.Rejected, "Flink has no function ISNULL", "write x IS NULL"},
	"STRPOS":                {diag.Rejected, "Flink has no function STRPOS", "write POSITION(needle IN text)"},
	"TO_CHAR":               {diag.Rejected, "Flink has no function TO_CHAR", "write DATE_FORMAT(x, 'yyyy-MM-dd') or CAST(x AS STRING)"},
	"TO_NUMBER":             {diag.Rejected, "Flink has no function TO_NUMBER", "write TRY_CAST(x AS DOUBLE)"},
	"TO_DATE":               {diag.Rejected, "TO_DATE throws, or gives nonsense, for a text in another form", "write TRY_CAST(x AS DATE), or CAST(TO_TIMESTAMP(x, 'pattern') AS DATE)"},
	"REGEXP":                {diag.Rejected, "REGEXP is not supported", "write REGEXP_EXTRACT(x, 'pattern') IS NOT NULL"},
	"ARRAY_CONTAINS":        {diag.Rejected, "ARRAY_CONTAINS is not supported", "write ARRAY_POSITION(array, x) > 0"},
	"PARSE_URL":             {diag.Rejected, "PARSE_URL is not supported", "write REGEXP_EXTRACT(url, 'pattern', 1)"},
	"STR_TO_MAP":            {diag.Rejected, "STR_TO_MAP is not supported", "write SPLIT_INDEX, or REGEXP_EXTRACT(x, 'key=([^,]*)', 1)"},
	"DATEDIFF":              {diag.Rejected, "Flink has no function DATEDIFF", "write TIMESTAMPDIFF(SECOND, a, b)"},
	"FROM_UNIXTIME":         {diag.Rejected, "FROM_UNIXTIME gives a text without its zone", "write TO_TIMESTAMP_LTZ(seconds, 0)"},
	"UNIX_TIMESTAMP":        {diag.Rejected, "UNIX_TIMESTAMP reads fractions of a second wrongly and cannot say that it failed", "write TO_TIMESTAMP_LTZ(text, 'pattern', 'zone')"},
	"CONVERT_TZ":            {diag.Rejected, "CONVERT_TZ makes texts of texts", "write TO_TIMESTAMP_LTZ(text, 'pattern', 'zone')"},
	"ELEMENT":               {diag.Rejected, "ELEMENT throws where an array has more than one element, which loses the record", "write a[1]"},
	"LPAD":                  {diag.Rejected, "LPAD counts UTF-16 units, which cuts characters in two", ""},
	"RPAD":                  {diag.Rejected, "RPAD counts UTF-16 units, which cuts characters in two", ""},
	"REVERSE":               {diag.Rejected, "REVERSE is not supported", ""},
	"INITCAP":               {diag.Rejected, "INITCAP is wrong in Flink for letters beyond ASCII", "UPPER and LOWER are right"},
	"JSON_UNQUOTE":          {diag.Rejected, "JSON_UNQUOTE is not supported", "write JSON_VALUE(x, '$')"},
	"TO_BASE64":             {diag.Rejected, "TO_BASE64 is not supported", ""},
	"FROM_BASE64":           {diag.Rejected, "FROM_BASE64 is not supported", "declare the column as BYTES: the json format decodes it"},
	"STEP":                  {diag.NeedsFlink, "STEP is a window of the former Kinesis Data Analytics for SQL", "in Flink it is TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '60' SECOND)"},
}
