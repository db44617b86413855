// Command flinkrun runs an extractor on real Flink and prints the rows of every record, or evaluates
// expressions.
//
//	flinkrun FILE.sql RECORDS...         rows by record; .json: a file is a record, else a line is one
//	flinkrun -e EXPR [-e EXPR]...        constants
//	flinkrun -from t -e EXPR FILE.sql RECORDS...    expressions over a table or view of the file
//	flinkrun -query "SELECT ..." FILE.sql RECORDS...
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/railtwin/digitaltwin/test/flink"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var exprs []string
	flag.Func("e", "an expression (may be repeated)", func(s string) error { exprs = append(exprs, s); return nil })
	from := flag.String("from", "", "the table or view that expressions read")
	query := flag.String("query", "", "a query to run instead of the file's INSERTs")
	flag.Parse()
	sql := "CREATE TABLE single (x STRING) WITH ('format' = 'raw')"
	records := [][]byte{{}}
	if flag.NArg() > 0 {
		b, err := os.ReadFile(flag.Arg(0))
		if err != nil {
			return err
		}
		sql = string(b)
		if records, err = read(flag.Args()[1:]); err != nil {
			return err
		}
	} else if len(exprs) == 0 {
		flag.Usage()
		return errors.New("an SQL file or an expression is needed")
	}
	o, err := flink.Open()
	if err != nil {
		return err
	}
	defer o.Close()
	if len(exprs) > 0 {
		if flag.NArg() == 0 {
			*from = "single"
		}
		return eval(o, sql, *from, exprs, records)
	}
	var got *flink.Rows
	if *query != "" {
		got, err = o.Select(sql, *query, records)
	} else {
		got, err = o.Run(sql, records)
	}
	if err != nil {
		return fmt.Errorf("%s: refused: %w", flag.Arg(0), err)
	}
	print(o, got)
	return nil
}

func read(paths []string) (records [][]byte, err error) {
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			return nil, err
		}
		if filepath.Ext(p) == ".json" {
			records = append(records, b)
			continue
		}
		for line := range bytes.Lines(b) {
			records = append(records, bytes.TrimSuffix(line, []byte("\n")))
		}
	}
	return records, nil
}

func print(o *flink.Oracle, got *flink.Rows) {
	if got.Types != nil {
		fmt.Println("types:", strings.Join(got.Types, ", "))
	}
	n := 0
	for i, rows := range got.Rows {
		fmt.Printf("record %d: %d rows\n", i, len(rows))
		for _, r := range rows {
			fmt.Printf("  %s\n", r)
		}
		n += len(rows)
		for _, f := range got.Faults {
			if f.Record == i {
				fmt.Printf("  %s: %s\n", f.Kind, f.Message)
			}
		}
	}
	if got.Failed != "" {
		fmt.Println("the job failed:", got.Failed)
	}
	fmt.Printf("%d records, %d rows, Flink %s\n", len(got.Rows), n, o.Flink)
}

func eval(o *flink.Oracle, sql, from string, exprs []string, records [][]byte) error {
	got, err := o.Eval(sql, from, exprs, records)
	if err != nil {
		return err
	}
	for i, e := range exprs {
		if got.Refused[i] != nil {
			fmt.Printf("%s\n  refused: %s\n", e, *got.Refused[i])
			continue
		}
		fmt.Printf("%s\n  type %s\n", e, got.Types[i])
		for r, rows := range got.Rows {
			for _, row := range rows {
				if v := row[i]; v.Error != "" {
					fmt.Printf("  %d: throws: %s\n", r, v.Error)
				} else {
					fmt.Printf("  %d: %s\n", r, v.JSON)
				}
			}
		}
	}
	return nil
}
