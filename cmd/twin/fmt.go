package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/sqlfmt"
)

func newFmt(c console) *cobra.Command {
	check := false
	cmd := &cobra.Command{
		Use:   "fmt FILE.sql...",
		Short: "formats extractors, and keeps their comments",
		Long: `Formats extractors in place, and prints the names of the files that it changed. It keeps comments and
line breaks, and sets blanks, indentation, columns below each other and the letter case of keywords.
A folder stands for the *.sql files in it; - formats standard input to standard output.

The exit status is 1 where a file cannot be cut into tokens, which leaves it as it is; the place goes to
standard error. With --check it is also 1 where a file is not formatted.`,
		Example: `
  twin fmt extractors
  twin fmt --check extractors/hsl_hfp.sql`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("name an extractor, such as extractors/hsl_hfp.sql, or a folder of them")
			}
			failed := false
			for _, arg := range args {
				same, err := formatArg(c, arg, check)
				if err != nil {
					fmt.Fprintln(c.err, err)
				}
				failed = failed || err != nil || check && !same
			}
			if failed {
				return errShown
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "change nothing, and fail where a file is not formatted")
	return cmd
}

// formatArg formats a file, those of a folder, or standard input, and reports whether all were formatted before.
func formatArg(c console, arg string, check bool) (same bool, err error) {
	if arg == "-" {
		return formatStdin(c, check)
	}
	info, err := os.Stat(arg)
	if errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("%s: there is no such file", arg)
	}
	if err != nil {
		return false, err
	}
	files := []string{arg}
	if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(arg, "*.sql")); err == nil && len(files) == 0 {
			err = fmt.Errorf("%s: there is no *.sql file in this folder", arg)
		}
	}
	same = true
	for _, file := range files {
		formatted, failure := formatFile(c, file, check)
		err = errors.Join(err, failure)
		same = same && formatted
	}
	return same, err
}

func formatFile(c console, path string, check bool) (same bool, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	got, err := sqlfmt.Format(path, text)
	if err != nil || bytes.Equal(got, text) {
		return err == nil, err
	}
	fmt.Fprintln(c.out, path)
	if check {
		return false, nil
	}
	return false, replace(path, got)
}

func formatStdin(c console, check bool) (same bool, err error) {
	text, err := io.ReadAll(c.in)
	if err != nil {
		return false, err
	}
	got, err := sqlfmt.Format("standard input", text)
	if err == nil && !check {
		_, err = c.out.Write(got)
	}
	return bytes.Equal(got, text), err
}

// replace writes a file so that it is either the old or the new one, whatever happens on the way.
func replace(path string, text []byte) (err error) {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(text); err != nil {
		f.Close()
		return err
	}
	if err = errors.Join(f.Chmod(info.Mode().Perm()), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
