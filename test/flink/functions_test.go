package flink_test

import (
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/test/flink"
)

// internals are functions that Flink lists, which are none of its SQL: they stand for something else, or belong to
// clauses that an extractor has not.
var internals = map[string]bool{
	"AGG_DECIMAL_MINUS": true, "AGG_DECIMAL_PLUS": true, "HIVE_AGG_DECIMAL_PLUS": true, "DEFAULT": true, "IS_JSON": true,
	"LIKE":            true,
	"AUXILIARY_GROUP": true, "PROCTIME_MATERIALIZE": true, "STREAMRECORD_TIMESTAMP": true,
	"JSON_ARRAYAGG_ABSENT_ON_NULL": true,
	"JSON_ARRAYAGG_NULL_ON_NULL":   true, "JSON_OBJECTAGG_ABSENT_ON_NULL": true, "JSON_OBJECTAGG_NULL_ON_NULL": true,
	"MATCH_ROWTIME": true, "MATCH_PROCTIME": true, "CLASSIFIER": true, "FIRST": true, "LAST": true, "PREV": true,
	"NEXT":       true,
	"DESCRIPTOR": true, "CUMULATE": true, "ML_EVALUATE": true, "VECTOR_SEARCH": true,
}

// otherArity are functions that take other numbers of arguments where they are written with words of their own.
var otherArity = map[string]bool{
	"EXTRACT": true, "TRIM": true, "TIMESTAMPADD": true, "TIMESTAMPDIFF": true, "OVERLAY": true, "JSON": true,
	"CONCAT_WS": true, "UNIX_TIMESTAMP": true, "CARDINALITY": true,
}

// Ensure that the engine knows every function that Flink has, and takes no other; and that those that need Flink have
// as many arguments as there.
func TestFunctions(t *testing.T) {
	o := flink.Start(t)
	all, err := o.Functions()
	if err != nil || len(all) < 200 {
		t.Fatalf("%d functions, %v", len(all), err)
	}
	inFlink := map[string]flink.Function{}
	for _, f := range all {
		inFlink[f.Name] = f
		_, refused := function.Refused(f.Name, f.Least)
		if !internals[f.Name] && function.Lookup(f.Name) == nil && !function.Special(f.Name) && !refused {
			t.Errorf("Flink has %s, and the engine says that there is no such function", f.Name)
		}
	}
	for _, f := range function.All() {
		if _, ok := inFlink[f.Name]; !ok {
			t.Errorf("the engine takes %s, and Flink has no such function", f.Name)
		} else {
			checkArity(t, f.Signature, inFlink[f.Name], false)
		}
	}
	for _, f := range function.AllForeign() {
		if _, ok := inFlink[f.Name]; !ok {
			t.Errorf("%s needs Flink, which has no such function", f.Name)
		} else {
			checkArity(t, f.Signature, inFlink[f.Name], true)
		}
	}
	for _, name := range function.RefusedNames() {
		r, _ := function.Refused(name, 1)
		_, ok := inFlink[name]
		if absent := strings.HasPrefix(r.Reason, "Flink has no function"); absent && ok {
			t.Errorf("Flink has %s", name)
		}
		if !ok && r.Verdict == diag.NeedsFlink {
			t.Errorf("%s needs Flink, which has no such function", name)
		}
	}
}

// checkArity compares the number of arguments; of a function of both engines, the Go engine may take fewer.
func checkArity(t *testing.T, s function.Signature, f flink.Function, exact bool) {
	t.Helper()
	least, most := len(s.Params)-s.Optional, len(s.Params)
	if s.Repeat {
		most = -1
	}
	within := least >= f.Least && (f.Most < 0 || most >= 0 && most <= f.Most)
	if !otherArity[s.Name] && (!within || exact && (least != f.Least || most != f.Most)) {
		t.Errorf("%s: Flink takes %d to %d arguments", s, f.Least, f.Most)
	}
}

// Ensure Flink runs every function that needs it, in one SELECT.
func TestForeignFunctions(t *testing.T) {
	o := flink.Start(t)
	var exprs []string
	for _, f := range function.AllForeign() {
		exprs = append(exprs, "JSON_STRING("+f.Example+")")
	}
	table := "CREATE TABLE t (" + function.ForeignColumns +
		") WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true');\n"
	record := `{"s":"abc","i":7,"b":10,"d":0.5,"a":[1,2,1],"x":["x","y"],"m":{"k":1},"y":"AAEC"}`
	got, err := o.Eval(table, "t", exprs, records(record, "{}"))
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range exprs {
		if got.Refused[i] != nil {
			t.Errorf("%s: Flink refuses it: %s", e, *got.Refused[i])
			continue
		}
		for _, rows := range got.Rows {
			if v := rows[0][i]; v.Error != "" {
				t.Errorf("%s: throws on Flink: %s", e, v.Error)
			}
		}
	}
	counted(func() { tally.cases += len(exprs) })
}
