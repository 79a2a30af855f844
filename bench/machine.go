package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// machine says where figures were taken, in the words of a table.
type machine struct {
	Processor string
	Cores     int
	MemoryGiB float64
	System    string
	Beichen   string
	Go        string
	Day       string
}

func thisMachine(program string) machine {
	m := machine{
		Processor: fieldOf("/proc/cpuinfo", "model name"), Cores: runtime.NumCPU(),
		System: strings.Trim(fieldOf("/etc/os-release", "PRETTY_NAME"), `"`), Go: strings.TrimPrefix(runtime.Version(), "go"),
		Beichen: "unknown", Day: time.Now().UTC().Format(time.DateOnly),
	}
	if kib, err := strconv.ParseFloat(strings.TrimSuffix(fieldOf("/proc/meminfo", "MemTotal"), " kB"), 64); err == nil {
		m.MemoryGiB = kib / (1 << 20)
	}
	if text, err := exec.Command(program, "version").Output(); err == nil {
		first, _, _ := bytes.Cut(text, []byte("\n"))
		m.Beichen = string(bytes.TrimSpace(first))
	}
	return m
}

func (m machine) String() string {
	return fmt.Sprintf("%s, %d cores, %.0f GiB, %s; %s; Go %s; %s", m.Processor, m.Cores, m.MemoryGiB, m.System, m.Beichen, m.Go, m.Day)
}

// fieldOf reads "name : value" or name=value of a file; "unknown" without it.
func fieldOf(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + `\s*[:=]\s*(.*)$`).FindSubmatch(text)
	if found == nil {
		return "unknown"
	}
	return string(bytes.TrimSpace(found[1]))
}
