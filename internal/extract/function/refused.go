package function

import (
	"maps"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
)

// Refusal says why a function is not taken.
type Refusal struct {
	Verdict      diag.Verdict
	Reason, Hint string
}

// Refused returns why the Go engine does not take a call of a function, by its name and the number of arguments, and
// whether the name is known at all.
func Refused(name string, args int) (Refusal, bool) {
	if name == "UNIX_TIMESTAMP" && args == 0 {
		name = "NOW"
	}
	if r, ok := refused[name]; ok {
		return r, true
	}
	if f, ok := foreignByName[name]; ok {
		if wrong := f.Arity(args); wrong != "" {
			return Refusal{diag.Rejected, wrong, f.Signature.String()}, true
		}
		return Refusal{diag.NeedsFlink, "the Go engine has no function " + name, f.Hint}, true
	}
	if Aggregate(name) {
		return Refusal{diag.NeedsFlink, name + " looks at many records",
			"the Go engine sees one record at a time"}, true
	}
	return Refusal{}, false
}

// RefusedNames returns the names of the functions that are refused one by one, in order.
func RefusedNames() []string { return slices.Sorted(maps.Keys(refused)) }

var foreignByName = func() map[string]Foreign {
	m := map[string]Foreign{}
	for _, f := range foreign {
		m[f.Name] = f
	}
	return m
}()

// Special reports whether a function has a syntax of its own, which package check types.
func Special(name string) bool { return slices.Contains(Specials, name) }

// Specials are the functions with a syntax of their own.
var Specials = []string{"JSON_VALUE", "JSON_QUERY", "JSON_EXISTS", "JSON_OBJECT", "JSON_ARRAY", "IF", "CAST",
	"TRY_CAST"}

// Aggregate reports whether a function of Flink makes one value of many rows, or belongs to GROUP BY or OVER.
func Aggregate(name string) bool { return aggregates[name] }

var aggregates = set(
	"COUNT", "SUM", "AVG", "MIN", "MAX", "STDDEV", "STDDEV_POP", "STDDEV_SAMP", "VAR_POP", "VAR_SAMP", "VARIANCE",
	"COLLECT", "LISTAGG", "FIRST_VALUE", "LAST_VALUE", "ARRAY_AGG", "JSON_OBJECTAGG", "JSON_ARRAYAGG", "PERCENTILE",
	"APPROX_COUNT_DISTINCT", "SINGLE_VALUE", "GROUPING", "GROUPING_ID", "GROUP_ID",
	"ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE", "LAG", "LEAD", "CUME_DIST", "PERCENT_RANK",
	"TUMBLE", "HOP", "SESSION", "TUMBLE_START", "TUMBLE_END", "TUMBLE_ROWTIME", "TUMBLE_PROCTIME",
	"HOP_START", "HOP_END", "HOP_ROWTIME", "HOP_PROCTIME", "SESSION_START", "SESSION_END", "SESSION_ROWTIME",
	"SESSION_PROCTIME",
)

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

const changes = "gives another answer each time, so a replayed record would not end in the same state"

// refused holds what neither engine may run, and CURRENT_WATERMARK.
var refused = func() map[string]Refusal {
	m := map[string]Refusal{
		"CURRENT_WATERMARK": {diag.NeedsFlink, "CURRENT_WATERMARK is for windows", ""},
		"SOURCE_WATERMARK": {diag.Rejected, "SOURCE_WATERMARK throws but in WATERMARK FOR, and the source has none",
			"write WATERMARK FOR ts AS ts - INTERVAL '10' SECOND"},
		"ELEMENT": {diag.Rejected,
			"ELEMENT throws where an array has more than one element, which loses the record", "write a[1]"},
		"FROM_BASE64": {diag.Rejected, "FROM_BASE64 throws for a text that is no base64, which loses the record",
			"declare the column as BYTES: the json format decodes it"},
		"PARSE_JSON": {diag.Rejected, "PARSE_JSON throws for a text that is no JSON, which loses the record",
			"write JSON_VALUE(x, '$.name')"},
		"TO_DATE": {diag.Rejected, "TO_DATE throws, or gives nonsense, for a text in another form",
			"write TRY_CAST(x AS DATE), or CAST(TO_TIMESTAMP(x, 'pattern') AS DATE)"},
		"PRINT": {diag.Rejected, "PRINT writes every record into the log of the job",
			"leave it out; twin check shows what a record gives"},
		"STEP": {diag.Rejected, "STEP is a window of the former Kinesis Data Analytics for SQL",
			"in Flink it is TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '60' SECOND)"},
	}
	for names, why := range map[string]Refusal{
		"NOW PROCTIME CURRENT_ROW_TIMESTAMP CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME LOCALTIME LOCALTIMESTAMP": {
			Reason: changes, Hint: "take the time from the record"},
		"UUID":              {Reason: changes, Hint: "name things by what the record says"},
		"RAND RAND_INTEGER": {Reason: changes, Hint: "take the value from the record"},
		"CURRENT_DATABASE CURRENT_CATALOG CURRENT_SCHEMA CURRENT_PATH " +
			"CURRENT_ROLE CURRENT_USER SESSION_USER SYSTEM_USER USER": {
			Reason: "says where the query runs, which is another place on the other engine",
			Hint:   "write the text that is meant"},
	} {
		for _, name := range strings.Fields(names) {
			m[name] = Refusal{diag.Rejected, name + " " + why.Reason, why.Hint}
		}
	}
	// Names of other databases.
	for name, write := range map[string]string{
		"LENGTH": "CHAR_LENGTH(x)", "LEN": "CHAR_LENGTH(x)", "OCTET_LENGTH": "CHAR_LENGTH(x)", "POW": "POWER(x, y)",
		"REGEXP_LIKE": "REGEXP_EXTRACT(x, 'pattern') IS NOT NULL", "NVL": "COALESCE(x, y)", "ISNULL": "x IS NULL",
		"STRPOS": "POSITION(needle IN text)", "TO_CHAR": "DATE_FORMAT(x, 'yyyy-MM-dd') or CAST(x AS STRING)",
		"TO_NUMBER": "TRY_CAST(x AS DOUBLE)", "DATEDIFF": "TIMESTAMPDIFF(SECOND, a, b)",
		"DATEADD":  "x + INTERVAL '90' SECOND",
		"DATE_ADD": "x + INTERVAL '1' DAY", "DATE_TRUNC": "FLOOR(x TO HOUR)", "CBRT": "POWER(x, 1e0 / 3)",
		"LOG1P":           "LN(1 + x)",
		"SUBSTRING_INDEX": "SPLIT_INDEX(x, delimiter, 0)", "SPACE": "the blanks that are meant",
		"TO_TIMESTAMP_NTZ": "TO_TIMESTAMP(x, 'pattern')",
		"SOUNDEX":          "the text as it is",
	} {
		m[name] = Refusal{diag.Rejected, "Flink has no function " + name, "write " + write}
	}
	return m
}()
