package clickhouse

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"beichen/internal/fault"
)

// Scheme begins the address of a cluster.
const Scheme = "clickhouse"

// what an address may say after its ?.
var parameterNames = []string{"shard", "engine", "quorum", "secure"}

// ParseAddress reads where a cluster is and how facts are kept in it:
//
//	clickhouse://USER:PASSWORD@CLUSTER/DATABASE?shard=HOST:PORT,HOST:PORT&shard=HOST:PORT
//
// with a shard for each shard, in the servers' order, and its replicas between
// commas; and, if wanted, engine=ReplicatedMergeTree, quorum=N and secure=true (TLS).
// What cannot be read is an Invalid fault, which leaves the password out.
func ParseAddress(address string) (Options, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Options{}, fault.Wrap(errors.New("it is no address"), fault.Invalid, "warehouse.address", "problem", address[:min(len(address), len(Scheme))])
	}
	wrong := func(format string, args ...any) (Options, error) {
		return Options{}, fault.New(fault.Invalid, "warehouse.address", "problem", fmt.Sprintf(format, args...))
	}
	password, _ := u.User.Password()
	o := Options{Cluster: u.Host, Database: strings.TrimPrefix(u.Path, "/"), User: u.User.Username(), Password: password}
	query, err := url.ParseQuery(u.RawQuery)
	switch {
	case err != nil:
		return wrong("?%s", u.RawQuery)
	case u.Scheme != Scheme:
		return wrong("%s://", u.Scheme)
	case o.Cluster == "" || u.Port() != "":
		return wrong("//%s", o.Cluster)
	case o.Database == "" || strings.Contains(o.Database, "/"):
		return wrong("/%s", o.Database)
	case len(query["shard"]) == 0:
		return wrong("shard=")
	}
	for name, values := range query {
		if !slices.Contains(parameterNames, name) || len(values) > 1 && name != "shard" {
			return wrong("%s=%s", name, strings.Join(values, ","))
		}
	}
	for _, shard := range query["shard"] {
		replicas := strings.Split(shard, ",")
		for _, replica := range replicas {
			if host, port, err := net.SplitHostPort(replica); err != nil || host == "" || port == "" {
				return wrong("shard=%s", shard)
			}
		}
		o.Shards = append(o.Shards, replicas)
	}
	if o.Engine = query.Get("engine"); !slices.Contains([]string{"", MergeTree, ReplicatedMergeTree}, o.Engine) {
		return wrong("engine=%s", o.Engine)
	}
	if text := query.Get("quorum"); text != "" {
		if o.Quorum, err = strconv.Atoi(text); err != nil || o.Quorum < 1 {
			return wrong("quorum=%s", text)
		}
	}
	switch text := query.Get("secure"); text {
	case "", "false":
	case "true":
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	default:
		return wrong("secure=%s", text)
	}
	return o, nil
}

// Name says which database of which cluster it is, without user and password.
func (o Options) Name() string { return o.Cluster + "/" + o.Database }
