// Command beichen shows a company whether it creates value for its customers.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones come with the program

	"github.com/alecthomas/kong"

	"beichen/internal/fault"
)

// version is set when the program is built by make.
var version = "unknown"

// commands are the program's commands, one file each.
type commands struct {
	Demo      DemoCmd      `cmd:"" help:"Make the sample company if the folder is new, and serve it on this machine."`
	Serve     ServeCmd     `cmd:"" help:"Serve a workspace."`
	Measure   MeasureCmd   `cmd:"" help:"Measure a journey, a retention table or a metric on a file of events."`
	Query     QueryCmd     `cmd:"" help:"Measure stored metrics, as a table or for other programs."`
	MCP       MCPCmd       `cmd:"" name:"mcp" help:"Serve an assistant by the Model Context Protocol, on standard input and output."`
	Import    ImportCmd    `cmd:"" help:"Turn files into events, by a mapping."`
	Apply     ApplyCmd     `cmd:"" help:"Make revisions of the definitions in YAML files."`
	Export    ExportCmd    `cmd:"" help:"Write every current definition as YAML."`
	Doctor    DoctorCmd    `cmd:"" help:"Check a workspace and say what to do about each fault."`
	Backup    BackupCmd    `cmd:"" help:"Write a consistent copy of a workspace, also while it is served."`
	Restore   RestoreCmd   `cmd:"" help:"Put a backup into a new folder."`
	Move      MoveCmd      `cmd:"" help:"Move the facts or the ledger of a workspace to another place, also while it is served."`
	UDF       UDFCmd       `cmd:"" name:"udf" help:"Answer a ClickHouse server that runs journeys as a function of its own."`
	Forget    ForgetCmd    `cmd:"" help:"Forget a customer for good."`
	Forgotten ForgottenCmd `cmd:"" help:"Print who was forgotten, for restoring older backups."`
	Keep      KeepCmd      `cmd:"" help:"Say how long facts are kept, or change it."`
	Version   VersionCmd   `cmd:"" help:"Print version, commit and engines."`
}

// console is what a command talks to.
type console struct {
	In       io.Reader
	Out, Err io.Writer
	Language fault.Language
	Env      func(name string) string
}

// Exit codes of every command.
const (
	exitDone   = 0
	exitFailed = 1
	exitWrong  = 2 // the input or the call is wrong
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], &console{os.Stdin, os.Stdout, os.Stderr, language(os.Getenv), os.Getenv})
	stop()
	os.Exit(code)
}

// language is that of the locale, in the order POSIX gives its variables.
func language(env func(string) string) fault.Language {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := env(name); value != "" {
			return fault.ParseLanguage(value)
		}
	}
	return fault.English
}

// run carries out one command and gives its exit code.
func run(ctx context.Context, args []string, c *console) int {
	exited := -1
	parser, err := kong.New(&commands{},
		kong.Name("beichen"),
		kong.Description("Beichen 北辰: does the company create value for its customers?"),
		kong.Writers(c.Out, c.Err),
		kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(c),
	)
	if err != nil {
		fmt.Fprintln(c.Err, err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // help was asked for
		return exited
	}
	if err != nil {
		fmt.Fprintln(c.Err, err)
		return exitWrong
	}
	return c.report(command.Run())
}

// report prints an error, one fault a line, and gives the exit code for it.
func (c *console) report(err error) int {
	if err == nil {
		return exitDone
	}
	var reported *reportedError
	if errors.As(err, &reported) {
		return reported.code
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		fmt.Fprintln(c.Err, err)
		return exitFailed
	}
	fmt.Fprintln(c.Err, f.Message(c.Language))
	for _, d := range f.Faults {
		fmt.Fprintln(c.Err, d.In(c.Language))
	}
	if hint := f.Hint(c.Language); hint != "" {
		fmt.Fprintln(c.Err, hint)
	}
	if f.Kind == fault.Internal && f.Err != nil {
		fmt.Fprintln(c.Err, f.Err)
	}
	if f.Kind == fault.Invalid {
		return exitWrong
	}
	return exitFailed
}

// reportedError ends a command that already said what is wrong, e.g. as JSON.
type reportedError struct{ code int }

func (e *reportedError) Error() string { return fmt.Sprintf("ended with code %d", e.code) }
