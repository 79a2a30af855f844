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

// figure is one number of one answer: a path into its JSON, and what it must
// be, to as many decimals as are written. Seconds are compared as days.
type figure struct{ name, path, want string }

// example is one data set: what its imports say, and what is measured on them.
type example struct {
	dir, data string
	imports   []importing
}

type importing struct {
	mapping  string
	figures  []figure // of the import's summary
	journeys map[string][]figure
}

var examples = []example{
	{"online_retail", "online_retail", []importing{
		{"mapping.yaml", []figure{
			{"lines", "sources.as=lines.rows", "541909"},
			{"lines without a customer, quarantined", "reasons.reason=import.no-id.count", "135080"},
			{"lines invoiced", "events.event=Line Invoiced.count", "397924"},
			{"lines cancelled", "events.event=Line Cancelled.count", "8905"},
		}, map[string][]figure{
			"customers.journey.yaml": {
				{"customers", "entered", "4372"},
				{"value of lines with a customer", "stages.id=line.value.currency=GBP.total", "8300065.81"},
			},
			"repeat.journey.yaml": {
				{"customers who bought", "entered", "4338"},
				{"share with two or more invoices", "stages.id=second.ofPrevious.rate", "0.6558"},
			},
		}},
		{"invoices.yaml", []figure{{"quarantined", "quarantined", "0"}}, map[string][]figure{
			"invoices.journey.yaml": {
				{"lines", "facts.events", "541909"},
				{"invoices", "entered", "25900"},
				{"value of all lines", "stages.id=invoice.value.currency=GBP.total", "9747747.93"},
			},
			"known-invoices.journey.yaml": {{"invoices with a customer", "entered", "22190"}},
		}},
	}},
	{"crm_sales_opportunities", "crm_sales_opportunities", []importing{
		{"mapping.yaml", []figure{
			{"deals", "sources.as=deals.rows", "8800"},
			{"won", "events.event=Deal Won.count", "4238"},
			{"lost", "events.event=Deal Lost.count", "2473"},
			{"engaged", "events.event=Deal Engaged.count", "8300"},
			{"prospecting, quarantined", "reasons.reason=import.no-time.count", "500"},
		}, map[string][]figure{
			"won.journey.yaml": {
				{"engaged", "entered", "8300"},
				{"won", "stages.id=won.reached", "4238"},
				{"won value", "stages.id=won.value.currency=USD.total", "10005534"},
				{"days from engaging to won, mean", "stages.id=won.time.meanSeconds", "51.78 days"},
				{"days from engaging to won, median", "stages.id=won.time.medianSeconds", "57 days"},
			},
			"closed.journey.yaml": {
				{"closed", "entered", "6711"},
				{"win rate of closed", "stages.id=won.ofPrevious.rate", "0.6315"},
			},
		}},
		{"accounts.yaml", []figure{{"deals without an account, quarantined", "reasons.reason=import.no-group-id.count", "1425"}}, nil},
	}},
	{"bpic2013_incidents", "process_logs", []importing{
		{"mapping.yaml", []figure{
			{"events", "sources.as=log.rows", "65533"},
			{"Accepted", "events.event=Accepted.count", "40117"},
			{"Completed", "events.event=Completed.count", "13867"},
			{"Queued", "events.event=Queued.count", "11544"},
			{"Unmatched", "events.event=Unmatched.count", "5"},
		}, map[string][]figure{
			"duration.journey.yaml": {
				{"cases", "entered", "7554"},
				{"days of a case, mean", "stages.id=ended.time.meanSeconds", "12.079 days"},
				{"days of a case, median", "stages.id=ended.time.medianSeconds", "7.549 days"},
			},
		}},
	}},
}

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
	for journey, figures := range i.journeys {
		c.compare(e.dir+"/"+journey, c.run("measure", filepath.Join(dir, journey), "--events", events, "--json"), figures)
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
