package app_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"beichen/internal/access"
	"beichen/internal/app"
	"beichen/internal/doctor"
	"beichen/internal/fault"
)

func asked(t *testing.T, method, url, secret string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if secret != "" {
		req.Header.Set("Authorization", "Bearer "+secret)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestOnlyTheFoldersUserAndAdminsReachBackupAndDoctor(t *testing.T) {
	s := serve(t, t.TempDir())
	admin := access.WithCaller(t.Context(), access.Caller{Name: "test", IsKey: true, Scopes: []string{access.ScopeAdmin}})
	_, reader, err := s.Access.CreateKey(admin, access.NewKey{Name: "reader", Kind: access.APIKeys, Scopes: []string{access.ScopeRead, access.ScopeWrite}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who, secret string
		want        int
	}{
		{"a stranger", "", http.StatusUnauthorized},
		{"a guess", "bcl_guess", http.StatusUnauthorized},
		{"a key without administration", reader, http.StatusForbidden},
		{"a write key", writeKey, http.StatusUnauthorized},
		{"an admin's key", apiKey, http.StatusOK},
		{"a command on the folder", s.secret, http.StatusOK},
	} {
		if status, text := asked(t, http.MethodGet, s.url+"/api/v1/doctor", c.secret); status != c.want {
			t.Errorf("%s asks the doctor: %d, want %d\n%s", c.who, status, c.want, text)
		}
		if status, text := asked(t, http.MethodPost, s.url+"/api/v1/backup", c.secret); status != c.want {
			t.Errorf("%s backs up: %d, want %d\n%.300s", c.who, status, c.want, text)
		}
	}
	entries, _, err := s.Access.AuditLog(t.Context(), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	var by []string
	for _, e := range entries {
		if e.Action == "workspace.backed-up" {
			by = append(by, e.Member)
		}
	}
	if strings.Join(by, " ") != "local bootstrap" {
		t.Errorf("the audit says %v backed up", by)
	}
}

func TestTheFileThatLeadsToAServerIsPrivateAndEndsWithIt(t *testing.T) {
	s := serve(t, t.TempDir())
	path := filepath.Join(s.Dir, "server.json")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	if len(strings.TrimPrefix(s.secret, "bcl_")) != 43 { // 256 bits in base64url
		t.Errorf("the secret has %d characters", len(s.secret))
	}
	s.stop()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}

// What a server that was killed left behind leads nowhere, or to a stranger.
func TestAStaleServerFileIsPassedOver(t *testing.T) {
	stranger := serve(t, t.TempDir())
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for rule, url := range map[string]string{"nobody listens": gone.URL, "another workspace has the port": stranger.url} {
		dir := t.TempDir()
		w, err := app.Open(t.Context(), options(dir))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "server.json"), []byte(`{"url":"`+url+`","secret":"bcl_old"}`), 0o600); err != nil {
			t.Fatal(err)
		}
		report, err := app.Doctor(t.Context(), options(dir), "v1", fault.English)
		if err != nil || report.State == doctor.Fault {
			t.Errorf("%s: %+v, %v", rule, report, err)
		}
		var archive bytes.Buffer
		if _, err := app.Backup(t.Context(), options(dir), "v1", fault.English, &archive); err != nil {
			t.Errorf("%s: %v", rule, err)
		}
	}
}
