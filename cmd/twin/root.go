package main

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/railtwin/digitaltwin/internal/spelling"
)

// newRoot returns the command twin with its subcommands.
func newRoot(c console) *cobra.Command {
	cobra.EnableCommandSorting = false // the order below is that of use
	root := &cobra.Command{
		Use:           "twin COMMAND [ARGUMENTS]",
		Short:         "twin serves the newest reading of every component.metric",
		Version:       version(),
		SilenceErrors: true, // see status
		SilenceUsage:  true,

		DisableFlagsInUseLine: true,
		Args:                  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			fmt.Fprint(c.err, overview(cmd))
			return usageError{}
		},
	}
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	root.AddCommand(
		newUp(c), newNew(c), newFmt(c), newCheck(c), newLSP(c),
		newGet(c), newListing(c), newWatch(c), newDatasets(c),
		newLogin(c), newLogout(c), newProfiles(c),
		newRejects(c), newForget(c), newRebuild(c), newPause(c), newResume(c), newRuns(c),
		newAccess(c), newClients(c), newCost(c),
		newSmoke(c), newDeliver(c),
	)
	root.SetFlagErrorFunc(explainFlag)
	root.SetHelpCommand(newHelp(c))
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { fmt.Fprint(c.out, help(cmd)) })
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		completion.Short = "prints a script for the completion of commands and flags: bash, zsh, fish or powershell"
	}
	return root
}

// version is the version of the program as the Go toolchain has stamped it, and of the toolchain.
func version() string {
	version, commit := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = ", commit " + s.Value[:min(len(s.Value), 12)]
			}
		}
	}
	return fmt.Sprintf("%s%s, %s %s/%s", version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func unknownCommand(root *cobra.Command, name string) error {
	var names []string
	for _, cmd := range root.Commands() {
		names = append(names, cmd.Name())
	}
	if near := spelling.Nearest(name, names); near != "" {
		return usagef("unknown command %q. Did you mean %s?", name, near)
	}
	return usagef("unknown command %q", name)
}

// explainFlag words an error of a flag, with the flag that was meant.
func explainFlag(cmd *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		name, dashes := unknown.GetSpecifiedName(), "--"
		if short := unknown.GetSpecifiedShortnames(); short != "" {
			name, dashes = short, "-" // one dash for two, maybe
		}
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := spelling.Nearest(name, names); near != "" {
			return usagef("unknown flag %s%s. Did you mean --%s?", dashes, name, near)
		}
		return usagef("unknown flag %s%s", dashes, name)
	}
	if required, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return usagef("--%s needs a value", required.GetFlag().Name)
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		cause := errors.Unwrap(err)
		if _, ok := errors.AsType[*strconv.NumError](cause); ok {
			cause = errors.New("it must be an integer")
		}
		return usagef("invalid value %q for --%s: %v", invalid.GetValue(), invalid.GetFlag().Name, cause)
	}
	return usageError{err.Error()}
}

// newHelp returns the command help.
func newHelp(c console) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "explains a command",
		Long:  "Explains a command, or lists all of them.",

		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), strings.Join(args, " "))
			}
			fmt.Fprint(c.out, help(about))
			return nil
		},
	}
}

// helpCommand is how a command is explained.
func helpCommand(cmd *cobra.Command) string {
	root, below, _ := strings.Cut(cmd.CommandPath(), " ")
	return strings.TrimSpace(root + " help " + below)
}

// help explains a command.
func help(cmd *cobra.Command) string {
	if !cmd.HasParent() {
		return overview(cmd)
	}
	cmd.InitDefaultHelpFlag()
	cmd.Flags().Lookup("help").Usage = "show this help"
	var b strings.Builder
	fmt.Fprintf(&b, "usage: %s\n\n%s\n", cmd.UseLine(), strings.TrimSpace(cmd.Long))
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n")
		commands(&b, cmd)
	}
	if flags := cmd.LocalFlags().FlagUsagesWrapped(100); flags != "" {
		b.WriteString("\n" + flags)
	}
	if flags := cmd.InheritedFlags().FlagUsagesWrapped(100); flags != "" {
		b.WriteString("\n" + flags)
	}
	if cmd.Example != "" {
		b.WriteString("\n" + strings.Trim(cmd.Example, "\n") + "\n")
	}
	return b.String()
}

// overview lists the commands.
func overview(root *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\nusage: %s\n\n", root.Short, root.UseLine())
	commands(&b, root)
	return b.String()
}

// commands lists the commands below cmd.
func commands(b *strings.Builder, cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			fmt.Fprintf(b, "  %-12s%s\n", sub.Name(), sub.Short)
		}
	}
}

// complete offers words as the values of a flag; none means that it is no file either.
func complete(cmd *cobra.Command, flag string, words ...string) {
	completeWith(cmd, flag, func(*cobra.Command, []string, string) []string { return words })
}

// completeWith offers what f returns as the values of a flag, and no files.
func completeWith(cmd *cobra.Command, flag string, f func(cmd *cobra.Command, args []string, begun string) []string) {
	offer := func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		return f(cmd, args, begun), cobra.ShellCompDirectiveNoFileComp
	}
	err := cmd.RegisterFlagCompletionFunc(flag, offer)
	if err != nil {
		panic("BUG: " + err.Error())
	}
}
