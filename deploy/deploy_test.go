// Package deploy_test holds what operators are given to the program that it is for.
package deploy_test

import (
	"encoding/xml"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/ledger/sqlstore"
	"beichen/internal/warehouse/clickhouse"
)

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sources reads all Go files of a folder, without tests.
func sources(t *testing.T, path ...string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(append(path, "*.go")...))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			all.WriteString(read(t, file))
		}
	}
	return all.String()
}

// deployments are the files that start the program.
func deployments(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*.yaml", "Caddyfile", "Dockerfile", "helm/beichen/*.yaml", "helm/beichen/templates/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, file := range files {
			all[file] = read(t, file)
		}
	}
	return all
}

func TestWhatIsDeployedKnowsTheProgramsVariablesFlagsAndRoutes(t *testing.T) {
	known := map[string]bool{}
	commands := sources(t, "..", "cmd", "beichen")
	for _, m := range regexp.MustCompile(`env:"(BEICHEN_\w+)"`).FindAllStringSubmatch(commands, -1) {
		known[m[1]] = true
	}
	if len(known) < 5 {
		t.Fatalf("the program reads %v", slices.Sorted(maps.Keys(known)))
	}
	health := sources(t, "..", "internal", "httpapi")
	variables, routes := 0, 0
	for file, text := range deployments(t) {
		for _, name := range regexp.MustCompile(`\bBEICHEN_[A-Z_]+`).FindAllString(text, -1) {
			if variables++; !known[name] {
				t.Errorf("%s sets %s, which the program does not read", file, name)
			}
		}
		for _, m := range regexp.MustCompile(`httpGet: \{ path: (\S+),|health_uri (\S+)`).FindAllStringSubmatch(text, -1) {
			if routes++; !strings.Contains(health, `"GET `+m[1]+m[2]+`"`) {
				t.Errorf("%s asks %s%s, which is not served", file, m[1], m[2])
			}
		}
	}
	if variables < 5 || routes < 4 {
		t.Errorf("%d variables and %d routes were looked at", variables, routes)
	}
}

// remoteServers is what the servers are told of their cluster.
type remoteServers struct {
	Main struct {
		Shards []struct {
			Replicas []struct {
				Host string `xml:"host"`
				Port string `xml:"port"`
			} `xml:"replica"`
		} `xml:"shard"`
	} `xml:"remote_servers>main"`
	Keepers []struct {
		Host string `xml:"host"`
		Port string `xml:"port"`
	} `xml:"zookeeper>node"`
}

func TestTheClusterOfTheComposeFileIsTheOneThatTheAddressNames(t *testing.T) {
	t.Setenv("CLICKHOUSE_PASSWORD", "tea")
	t.Setenv("POSTGRES_PASSWORD", "tea")
	services := at(t, parse(t, "compose.cluster.yaml"), "services").(map[string]any)
	expand := func(v any) string {
		return os.Expand(v.(string), func(name string) string { return os.Getenv(strings.TrimSuffix(name, ":?")) })
	}
	var shape [][]string
	for _, node := range []string{"node1", "node2"} {
		o, err := clickhouse.ParseAddress(expand(at(t, services, node, "environment", "BEICHEN_FACTS")))
		if err != nil {
			t.Fatal(err)
		}
		if o.Cluster != "main" || o.Engine != clickhouse.ReplicatedMergeTree || o.Quorum != 2 || o.User != "beichen" || o.Password != "tea" {
			t.Errorf("%s: %+v", node, o)
		}
		if !sqlstore.IsServer(expand(at(t, services, node, "environment", "BEICHEN_LEDGER"))) {
			t.Errorf("the ledger of %s is no server", node)
		}
		if address := at(t, services, node, "environment", "BEICHEN_ADVERTISE"); address != "http://"+node+":8420" {
			t.Errorf("others are to reach %s by %v", node, address)
		}
		shape = o.Shards
	}
	var servers remoteServers
	if err := xml.Unmarshal([]byte(read(t, "clickhouse", "server.xml")), &servers); err != nil {
		t.Fatal(err)
	}
	var told [][]string
	for _, shard := range servers.Main.Shards {
		var replicas []string
		for _, r := range shard.Replicas {
			replicas = append(replicas, r.Host+":"+r.Port)
		}
		told = append(told, replicas)
	}
	if diff := cmp.Diff(shape, told); diff != "" {
		t.Errorf("the address and the servers name other shards (address −, servers +):\n%s", diff)
	}
	for i, shard := range shape {
		for _, address := range shard {
			host, _, _ := strings.Cut(address, ":")
			environment := at(t, services, host, "environment")
			if at(t, environment, "REPLICA") != host || at(t, environment, "SHARD") != string(rune('1'+i)) {
				t.Errorf("%s calls itself %v", host, environment)
			}
			if at(t, environment, "CLICKHOUSE_USER") != "beichen" {
				t.Errorf("nobody may ask %s", host)
			}
		}
	}
	var keeper struct {
		Port    string `xml:"keeper_server>tcp_port"`
		Members []struct {
			ID   string `xml:"id"`
			Host string `xml:"hostname"`
		} `xml:"keeper_server>raft_configuration>server"`
	}
	if err := xml.Unmarshal([]byte(read(t, "clickhouse", "keeper.xml")), &keeper); err != nil {
		t.Fatal(err)
	}
	if len(keeper.Members) != 3 || len(servers.Keepers) != 3 {
		t.Fatalf("%d keepers, of which the servers know %d", len(keeper.Members), len(servers.Keepers))
	}
	for i, m := range keeper.Members {
		if at(t, services, m.Host, "environment", "KEEPER_ID") != m.ID || servers.Keepers[i].Host != m.Host || servers.Keepers[i].Port != keeper.Port {
			t.Errorf("keeper %s is called %v", m.ID, servers.Keepers[i])
		}
	}
	for name, service := range services {
		image, pinned := service.(map[string]any)["image"].(string)
		if _, tag, _ := strings.Cut(image, ":"); name != "node1" && name != "node2" && (!pinned || !regexp.MustCompile(`^\d+\.\d+`).MatchString(tag)) {
			t.Errorf("%s runs %q, whatever that will be", name, image)
		}
	}
}

func TestFilesThatAreMountedAreThere(t *testing.T) {
	mounted := regexp.MustCompile(`"\./(\S+?):`).FindAllStringSubmatch(read(t, "compose.cluster.yaml"), -1)
	if len(mounted) < 8 {
		t.Errorf("%d files are mounted", len(mounted))
	}
	for _, m := range mounted {
		read(t, m[1])
	}
}
