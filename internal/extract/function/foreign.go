package function

// Foreign is a scalar function of Flink that the Go engine does not have: in any SELECT it needs Flink.
type Foreign struct {
	Signature
	// Example is a call over ForeignColumns; a test runs it on Flink.
	Example string
	// Hint says what both engines have, or what to mind. It may be empty.
	Hint string
}

// ForeignColumns are the columns that the examples of foreign functions read.
const ForeignColumns = "s STRING, i INT, b BIGINT, d DOUBLE, a ARRAY<INT>, x ARRAY<STRING>, m MAP<STRING, INT>, y BYTES"

// AllForeign returns the functions that need Flink, in alphabetical order.
func AllForeign() []Foreign { return foreign }

const mayLose = ": on Flink such a record is lost"

// foreign holds what Flink 2.2 says that it has (a test asks it), but for what is refused below.
var foreign = []Foreign{
	far("ACOS(x)", "ACOS(d)", ""),
	far("ARRAY_APPEND(array, x)", "ARRAY_APPEND(a, i)", ""),
	far("ARRAY_CONCAT(array, ..)", "ARRAY_CONCAT(a, a)", ""),
	far("ARRAY_CONTAINS(array, x)", "ARRAY_CONTAINS(a, i)", "both engines run ARRAY_POSITION(array, x) > 0"),
	far("ARRAY_DISTINCT(array)", "ARRAY_DISTINCT(a)", ""),
	far("ARRAY_EXCEPT(array, array)", "ARRAY_EXCEPT(a, ARRAY[1])", ""),
	far("ARRAY_INTERSECT(array, array)", "ARRAY_INTERSECT(a, ARRAY[1])", ""),
	far("ARRAY_JOIN(array, delimiter, [null])", "ARRAY_JOIN(x, ',')", ""),
	far("ARRAY_MAX(array)", "ARRAY_MAX(a)", ""),
	far("ARRAY_MIN(array)", "ARRAY_MIN(a)", ""),
	far("ARRAY_PREPEND(array, x)", "ARRAY_PREPEND(a, i)", ""),
	far("ARRAY_REMOVE(array, x)", "ARRAY_REMOVE(a, i)", ""),
	far("ARRAY_REVERSE(array)", "ARRAY_REVERSE(a)", ""),
	far("ARRAY_SLICE(array, from, [to])", "ARRAY_SLICE(a, 1, 2)", ""),
	far("ARRAY_SORT(array, [ascending], [nulls first])", "ARRAY_SORT(a)", ""),
	far("ARRAY_UNION(array, array)", "ARRAY_UNION(a, ARRAY[1])", ""),
	far("ASCII(text)", "ASCII(s)", ""),
	far("ASIN(x)", "ASIN(d)", ""),
	far("ATAN(x)", "ATAN(d)", ""),
	far("ATAN2(y, x)", "ATAN2(d, d)", ""),
	far("BIN(x)", "BIN(i)", ""),
	far("CHR(code)", "CHR(i)", ""),
	far("CONVERT_TZ(text, from, to)", "CONVERT_TZ(s, 'UTC', 'Asia/Tokyo')",
		"it makes texts of texts; both engines run TO_TIMESTAMP_LTZ(text, 'pattern', 'zone')"),
	far("COS(x)", "COS(d)", ""),
	far("COSH(x)", "COSH(d)", ""),
	far("COT(x)", "COT(d)", ""),
	far("DECODE(bytes, charset)", "DECODE(y, 'UTF-8')", "an unknown charset throws"+mayLose),
	far("DEGREES(x)", "DEGREES(d)", ""),
	far("E()", "E()", "both engines run EXP(1)"),
	far("ELT(index, text, ..)", "ELT(i, s, s)", "both engines run CASE i WHEN 1 THEN .. END"),
	far("ENCODE(text, charset)", "ENCODE(s, 'UTF-8')", "an unknown charset throws"+mayLose),
	far("FROM_UNIXTIME(seconds, [pattern])", "FROM_UNIXTIME(b)",
		"it gives a text without its zone; both engines run TO_TIMESTAMP_LTZ(seconds, 0)"),
	far("HASH_CODE(x)", "HASH_CODE(s)", ""),
	far("HEX(x)", "HEX(s)", ""),
	far("INITCAP(text)", "INITCAP(s)", "it is wrong for letters beyond ASCII; UPPER and LOWER are right"),
	far("IS_ALPHA(text)", "IS_ALPHA(s)", "both engines run REGEXP_EXTRACT(x, '^[a-zA-Z]+$') IS NOT NULL"),
	far("IS_DECIMAL(text)", "IS_DECIMAL(s)", "both engines run TRY_CAST(x AS DOUBLE) IS NOT NULL"),
	far("IS_DIGIT(text)", "IS_DIGIT(s)", "both engines run REGEXP_EXTRACT(x, '^[0-9]+$') IS NOT NULL"),
	far("JSON(text)", "JSON_OBJECT('k' VALUE JSON(JSON_STRING(s)))", "a text that is no JSON throws"+mayLose),
	far("JSON_QUOTE(text)", "JSON_QUOTE(s)", "both engines run JSON_STRING(x)"),
	far("JSON_UNQUOTE(text)", "JSON_UNQUOTE(s)", "both engines run JSON_VALUE(x, '$')"),
	far("LOG(x, [y])", "LOG(2, d)", "both engines run LN(x) / LN(base)"),
	far("LOG2(x)", "LOG2(d)", "both engines run LN(x) / LN(2)"),
	far("LPAD(text, length, fill)", "LPAD(s, 5, 'x')",
		"it counts UTF-16 units, and may cut a character in two; both engines run RIGHT(CONCAT('00000', x), 5)"),
	far("MAP_ENTRIES(map)", "MAP_ENTRIES(m)", "both engines run CROSS JOIN UNNEST(map) AS e (k, v)"),
	far("MAP_FROM_ARRAYS(keys, values)", "MAP_FROM_ARRAYS(x, x)", "arrays of different lengths throw"+mayLose),
	far("MAP_KEYS(map)", "MAP_KEYS(m)", "both engines run CROSS JOIN UNNEST(map) AS e (k, v)"),
	far("MAP_UNION(map, ..)", "MAP_UNION(m, m)", ""),
	far("MAP_VALUES(map)", "MAP_VALUES(m)", "both engines run CROSS JOIN UNNEST(map) AS e (k, v)"),
	far("MD5(text)", "MD5(s)", ""),
	far("OBJECT_OF(class, ..)", "OBJECT_OF('a.User', 'name', s)", "both engines run JSON_OBJECT('name' VALUE x)"),
	far("OBJECT_UPDATE(object, name, value, ..)", "OBJECT_UPDATE(OBJECT_OF('a.User', 'name', s), 'name', 'x')",
		"both engines run JSON_OBJECT('name' VALUE x)"),
	far("OVERLAY(text, replacement, start, [length])", "OVERLAY(s PLACING 'x' FROM 2 FOR 1)",
		"both engines run CONCAT(LEFT(x, 1), 'y', SUBSTRING(x, 3))"),
	far("PARSE_URL(url, part, [key])", "PARSE_URL(s, 'HOST')", "both engines run REGEXP_EXTRACT(url, 'pattern', 1)"),
	far("PI()", "PI()", ""),
	far("PRINTF(format, ..)", "PRINTF('%d', i)", ""),
	far("RADIANS(x)", "RADIANS(d)", ""),
	far("REGEXP(text, pattern)", "REGEXP(s, 'a')", "both engines run REGEXP_EXTRACT(x, 'pattern') IS NOT NULL"),
	far("REGEXP_COUNT(text, pattern)", "REGEXP_COUNT(s, 'a')", ""),
	far("REGEXP_EXTRACT_ALL(text, pattern, [group])", "REGEXP_EXTRACT_ALL(s, '(a)')", ""),
	far("REGEXP_INSTR(text, pattern)", "REGEXP_INSTR(s, 'a')", ""),
	far("REGEXP_SUBSTR(text, pattern)", "REGEXP_SUBSTR(s, 'a')", "both engines run REGEXP_EXTRACT(x, 'pattern')"),
	far("REPEAT(text, times)", "REPEAT(s, 2)", ""),
	far("REVERSE(text)", "REVERSE(s)", "it turns UTF-16 units around, and breaks characters that have two"),
	far("RPAD(text, length, fill)", "RPAD(s, 5, 'x')",
		"it counts UTF-16 units, and may cut a character in two; both engines run LEFT(CONCAT(x, '     '), 5)"),
	far("SHA1(text)", "SHA1(s)", ""),
	far("SHA2(text, bits)", "SHA2(s, 256)", "a length that there is not throws"+mayLose),
	far("SHA224(text)", "SHA224(s)", ""),
	far("SHA256(text)", "SHA256(s)", ""),
	far("SHA384(text)", "SHA384(s)", ""),
	far("SHA512(text)", "SHA512(s)", ""),
	far("SIN(x)", "SIN(d)", ""),
	far("SINH(x)", "SINH(d)", ""),
	far("STR_TO_MAP(text, [entries], [values])", "STR_TO_MAP(s, ',', '=')",
		"both engines run REGEXP_EXTRACT(x, 'key=([^,]*)', 1)"),
	far("TAN(x)", "TAN(d)", ""),
	far("TANH(x)", "TANH(d)", ""),
	far("TO_BASE64(text)", "TO_BASE64(s)", ""),
	far("TRANSLATE(text, from, to)", "TRANSLATE(s, 'ab', 'xy')", "both engines run REPLACE(x, 'a', 'b')"),
	far("TRY_PARSE_JSON(text, [duplicates])", "TRY_PARSE_JSON(s) IS NOT NULL",
		"it gives a VARIANT, which nothing in Flink 2.2 reads; both engines run JSON_VALUE(x, '$.name')"),
	far("TYPEOF(x, [serializable])", "TYPEOF(s)", ""),
	far("UNHEX(text)", "UNHEX(s)", ""),
	far("UNIX_TIMESTAMP(text, [pattern])", "UNIX_TIMESTAMP(s)",
		"it reads fractions wrongly and cannot say that it failed; "+
			"both engines run TO_TIMESTAMP_LTZ(text, 'pattern', 'zone')"),
	far("URL_DECODE(text)", "URL_DECODE(s)", ""),
	far("URL_ENCODE(text)", "URL_ENCODE(s)", ""),
}

func far(sig, example, hint string) Foreign {
	return Foreign{Signature: signature(sig), Example: example, Hint: hint}
}
