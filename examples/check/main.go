// Command check imports the examples' data sets with a built beichen, measures
// their journeys and compares the figures. examples/check.sh runs it.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	c := checker{}
	flag.StringVar(&c.beichen, "beichen", "beichen", "the program")
	flag.StringVar(&c.data, "data", ".", "the folder of the data sets")
	flag.StringVar(&c.scratch, "scratch", os.TempDir(), "a folder for events")
	flag.Parse()
	for _, e := range examples {
		for _, i := range e.imports {
			c.check(e, i)
		}
	}
	if c.wrong > 0 {
		fmt.Fprintf(os.Stderr, "%d of %d figures are not as published\n", c.wrong, c.checked)
		os.Exit(1)
	}
	fmt.Printf("all %d figures are as published\n", c.checked)
}

type checker struct {
	beichen, data, scratch string
	checked, wrong         int
}

func (c *checker) check(e example, i importing) {
	dir := filepath.Join("examples", e.dir)
	events := filepath.Join(c.scratch, "events.jsonl")
	summary := c.run("import", filepath.Join(dir, i.mapping), "--dir", filepath.Join(c.data, e.data), "--out", events, "--json")
	c.compare(e.dir+"/"+i.mapping, summary, i.figures)
	for question, figures := range i.journeys {
		journey := strings.Fields(question)
		args := append([]string{"measure", filepath.Join(dir, journey[0]), "--events", events, "--json"}, journey[1:]...)
		c.compare(e.dir+"/"+question, c.run(args...), figures)
	}
}

// run gives the JSON that a command answers.
func (c *checker) run(args ...string) any {
	command := exec.Command(c.beichen, args...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	var answer any
	if err == nil {
		err = json.NewDecoder(bytes.NewReader(out)).Decode(&answer)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "beichen %s: %v\n", strings.Join(args, " "), err)
		os.Exit(1)
	}
	return answer
}

func (c *checker) compare(where string, answer any, figures []figure) {
	for _, f := range figures {
		c.checked++
		got, ok := number(answer, f.path)
		number, unit, _ := strings.Cut(f.want, " ")
		if unit == "days" {
			got /= 86400
		}
		_, decimals, _ := strings.Cut(number, ".")
		text := strconv.FormatFloat(got, 'f', len(decimals), 64)
		mark := "ok   "
		if !ok || text != number || math.IsNaN(got) {
			c.wrong++
			mark = "WRONG"
		}
		fmt.Printf("%s %s: %s %s (want %s)\n", mark, where, f.name, text, f.want)
	}
}

// number finds a number in JSON by a path of names; a name key=value picks
// the element of a list.
func number(v any, path string) (float64, bool) {
	// Reasons hold dots of their own (import.no-id).
	for _, name := range strings.Split(strings.ReplaceAll(path, "import.", "import\x00"), ".") {
		name = strings.ReplaceAll(name, "\x00", ".")
		key, value, pick := strings.Cut(name, "=")
		switch at := v.(type) {
		case map[string]any:
			v = at[name]
		case []any:
			v = nil
			for _, item := range at {
				if m, ok := item.(map[string]any); ok && pick && m[key] == value {
					v = m
				}
			}
		}
	}
	n, ok := v.(float64)
	return n, ok
}
