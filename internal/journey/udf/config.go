package udf

import (
	"encoding/xml"
	"strings"
)

// Config is the XML by which a ClickHouse server is told of the function: a file whose
// name its user_defined_executable_functions_config matches. program is what this
// program is called in its user_scripts_path; pool is how many of it may run.
func Config(program string, pool int) string {
	type argument struct {
		Type string `xml:"type"`
		Name string `xml:"name"`
	}
	type function struct {
		Type      string     `xml:"type"`
		Name      string     `xml:"name"`
		Return    string     `xml:"return_type"`
		Result    string     `xml:"return_name"`
		Arguments []argument `xml:"argument"`
		Format    string     `xml:"format"`
		Command   string     `xml:"command"`
		Pool      int        `xml:"pool_size"`
		// A board over many customers takes its time; the default is ten seconds.
		Patience int `xml:"max_command_execution_time"`
		Read     int `xml:"command_read_timeout"`
		Write    int `xml:"command_write_timeout"`
		// What the program says is wrong ends the query and is told.
		Said          string `xml:"stderr_reaction"`
		Deterministic bool   `xml:"deterministic"`
	}
	const minutes = 10
	out, err := xml.MarshalIndent(struct {
		XMLName  xml.Name `xml:"functions"`
		Function function `xml:"function"`
	}{Function: function{
		Type: "executable_pool", Name: Name, Return: Type, Result: "result",
		Arguments: []argument{
			{"LowCardinality(String)", "journey"}, {"Array(Int64)", "time"}, {"Array(LowCardinality(String))", "name"}, {"Array(String)", "properties"},
		},
		Format: "Native", Command: program + " udf", Pool: pool,
		Patience: minutes * 60, Read: minutes * 60_000, Write: minutes * 60_000, Said: "throw", Deterministic: true,
	}}, "", "  ")
	if err != nil {
		panic(err) // plain fields always encode
	}
	return strings.TrimSpace(string(out)) + "\n"
}
