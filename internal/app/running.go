package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"beichen/internal/client"
	"beichen/internal/fault"
)

// running is how commands on a workspace's folder reach the server that owns it:
// server.json in that folder, which only the server's user can read. The secret
// is good as long as the server runs, and opens everything.
type running struct {
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

func serverFile(dir string) string { return filepath.Join(dir, "server.json") }

// announceLocally writes server.json for a server that listens on an address.
// The function takes it away.
func announceLocally(dir, addr string) (secret string, withdraw func() error, err error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", nil, err
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	r := running{"http://" + net.JoinHostPort(host, port), newLocalSecret()}
	text, err := json.Marshal(r)
	if err != nil {
		return "", nil, err
	}
	if err := replaceFile(serverFile(dir), append(text, '\n')); err != nil {
		return "", nil, fault.Wrap(err, fault.Invalid, "app.folder", "dir", dir)
	}
	return r.Secret, func() error { return os.Remove(serverFile(dir)) }, nil
}

// newLocalSecret makes a secret of 256 bits, which opens everything as long as its
// process runs.
func newLocalSecret() string {
	random := make([]byte, 32)
	rand.Read(random) // never fails (crypto/rand since Go 1.24)
	return "bcl_" + base64.RawURLEncoding.EncodeToString(random)
}

// replaceFile writes a file, mode 0600, so that nobody ever reads a part of it.
func replaceFile(path string, text []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return syncFolder(filepath.Dir(path))
}

// errNotRunning says that no server owns a folder: there is no server.json, or
// it is of one that ended without taking it away.
var errNotRunning = errors.New("no server runs on this folder")

// announced is how the server that owns a folder says to be reached; errNotRunning
// where none says so.
func announced(dir string) (running, error) {
	var r running
	text, err := os.ReadFile(serverFile(dir))
	if err != nil || json.Unmarshal(text, &r) != nil {
		return r, errNotRunning
	}
	return r, nil
}

// direct gives a transport to a server on this machine: no proxy is in between.
func direct() *http.Transport {
	return &http.Transport{DisableCompression: true, DisableKeepAlives: true}
}

// askRunning asks the server that owns a folder. The error is errNotRunning,
// what the server said, or that it cannot be understood.
func askRunning(ctx context.Context, dir, method, path string, l fault.Language) (io.ReadCloser, error) {
	return sendRunning(ctx, dir, method, path, nil, l)
}

// sendRunning is askRunning with a body.
func sendRunning(ctx context.Context, dir, method, path string, body io.Reader, l fault.Language) (io.ReadCloser, error) {
	r, err := announced(dir)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL+path, body)
	if err != nil {
		return nil, errNotRunning
	}
	req.Header.Set("Authorization", "Bearer "+r.Secret)
	req.Header.Set("Accept-Language", string(l))
	resp, err := (&http.Client{Transport: direct()}).Do(req)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, errNotRunning
	case resp.StatusCode == http.StatusUnauthorized:
		// Another server has the port by now: the secret died with its own.
		return nil, errors.Join(errNotRunning, resp.Body.Close())
	case resp.StatusCode != http.StatusOK:
		defer resp.Body.Close()
		return nil, client.Problem(resp, r.URL)
	}
	return resp.Body, nil
}
