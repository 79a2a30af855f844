package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"beichen/internal/access"
	"beichen/internal/app"
	"beichen/internal/warehouse"
)

// asks asks the API with all rights, and tells the status.
func (s *served) asks(method, path, body string) (int, []byte) {
	req, err := http.NewRequest(method, s.url+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		return 0, []byte(err.Error())
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, []byte(err.Error())
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, text
}

// filesWith lists the files of a folder that hold a text.
func filesWith(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(file)
		if bytes.Contains(content, []byte(text)) {
			found = append(found, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestALostAnswerToAForgetIsGivenAgain asks twice, of a customer whose forgetting was
// told and of one whose server ended before it could write down what went.
func TestALostAnswerToAForgetIsGivenAgain(t *testing.T) {
	s := serve(t, t.TempDir())
	for _, who := range []string{"ann", "bo"} {
		if err := s.send(http.DefaultClient, who, true); err != nil {
			t.Fatal(err)
		}
	}
	forget := func(id string, want int) {
		t.Helper()
		path, query, _ := strings.Cut(id, "?")
		status, text := s.asks(http.MethodPost, "/customers/"+path+"/forget?"+query, `{"reason":"asked"}`)
		var gone warehouse.Forgotten
		if err := json.Unmarshal(text, &gone); err != nil || status != want || want == http.StatusOK && gone != (warehouse.Forgotten{Messages: 2, IDs: 1}) {
			t.Errorf("%s: %d %s", id, status, text)
		}
	}
	forget("ann", http.StatusOK)
	forget("ann", http.StatusOK)
	forget("ann?anonymous=true", http.StatusNotFound)

	ctx := t.Context()
	people, err := s.Intake.Whole(ctx)
	if err != nil {
		t.Fatal(err)
	}
	bo, _ := people.View().Find("bo")
	register, err := s.Access.Register(ctx)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := register.Hash(false, "bo")
	if err != nil {
		t.Fatal(err)
	}
	begun := access.RegisterEntry{ID: "beichen:forget:bo", At: s.Now(), Member: "Ada", Reason: "asked", IDs: []string{hash}}
	if err := s.Access.BeginForgetting(ctx, begun); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Intake.Forget(ctx, people.View().Numbers(bo), "Ada", begun.ID); err != nil {
		t.Fatal(err)
	}
	forget("bo", http.StatusOK)
	forget("bo", http.StatusOK)
	forget("nobody", http.StatusNotFound)

	if register, err = s.Access.Register(ctx); err != nil || len(register.Items) != 2 || register.Items[1].Messages != 2 {
		t.Errorf("the register: %+v, %v", register.Items, err)
	}
	if _, text := s.asks(http.MethodGet, "/audit", ""); bytes.Count(text, []byte("customer.forgotten")) != 2 {
		t.Errorf("the audit: %s", text)
	}
}

// TestACustomerIsForgottenEverywhere forgets one of two customers of a workspace that is
// served: no answer, no file of the folder, and no archive that is made later has
// anything of her. An older archive does, until it is restored with the register.
func TestACustomerIsForgottenEverywhere(t *testing.T) {
	s := serve(t, t.TempDir())
	const ann = "ann-of-old-tea-lane"
	for _, who := range []string{ann, "bo"} {
		if err := s.send(http.DefaultClient, who, true); err != nil {
			t.Fatal(err)
		}
	}
	archive := func() *bytes.Buffer {
		var out bytes.Buffer
		if status, text := s.asks(http.MethodPost, "/backup", ""); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		} else {
			out.Write(text)
		}
		return &out
	}
	older := archive()
	if a := measured(t, s.Workspace); *a.Stages[1].Reached != 2 {
		t.Fatalf("%d bought before", *a.Stages[1].Reached)
	}
	if len(filesWith(t, s.Dir, ann)) == 0 {
		t.Fatal("her id is in no file before")
	}

	if status, _ := s.asks(http.MethodPost, "/customers/"+ann+"/forget", `{"reason":" "}`); status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", status)
	}
	if status, _ := s.asks(http.MethodPost, "/customers/nobody/forget", `{"reason":"asked"}`); status != http.StatusNotFound {
		t.Errorf("nobody: %d", status)
	}
	status, text := s.asks(http.MethodPost, "/customers/"+ann+"/forget", `{"reason":"she asked","erase":true}`)
	var gone warehouse.Forgotten
	if err := json.Unmarshal(text, &gone); err != nil || status != http.StatusOK || gone != (warehouse.Forgotten{Messages: 2, IDs: 1}) {
		t.Fatalf("%d %s %v", status, text, err)
	}
	if status, _ := s.asks(http.MethodGet, "/customers/"+ann, ""); status != http.StatusNotFound {
		t.Errorf("her page: %d", status)
	}
	if a := measured(t, s.Workspace); *a.Stages[1].Reached != 1 {
		t.Errorf("%d bought after", *a.Stages[1].Reached)
	}
	if files := filesWith(t, s.Dir, ann); len(files) > 0 {
		t.Errorf("her id is in %v", files)
	}
	if _, text := s.asks(http.MethodGet, "/audit", ""); !bytes.Contains(text, []byte("customer.forgotten")) || bytes.Contains(text, []byte(ann)) {
		t.Errorf("the audit: %s", text)
	}
	_, text = s.asks(http.MethodGet, "/forgotten", "")
	var register access.Register
	if err := json.Unmarshal(text, &register); err != nil || len(register.Items) != 1 || register.Items[0].Reason != "she asked" || register.Items[0].Messages != 2 || len(register.Items[0].IDs) != 1 {
		t.Fatalf("the register: %s", text)
	}
	later := archive()
	s.stop()

	for _, one := range []struct {
		what     string
		archive  *bytes.Buffer
		register access.Register
		people   int // who had been forgotten and are there again
		bought   int
	}{
		{"the later one", later, access.Register{}, 0, 1},
		{"the older one", bytes.NewBuffer(older.Bytes()), access.Register{}, 0, 2},
		{"the older one, with the register", bytes.NewBuffer(older.Bytes()), register, 1, 1},
	} {
		dir := filepath.Join(t.TempDir(), "restored")
		_, again, err := app.RestoreWithout(t.Context(), one.archive, dir, "", one.register)
		if err != nil || again != one.people {
			t.Fatalf("%s: %d, %v", one.what, again, err)
		}
		if files := filesWith(t, dir, ann); (len(files) == 0) != (one.bought == 1) {
			t.Errorf("%s: her id is in %v", one.what, files)
		}
		w, err := app.Open(t.Context(), options(dir))
		if err != nil {
			t.Fatal(err)
		}
		if a := measured(t, w); *a.Stages[1].Reached != one.bought {
			t.Errorf("%s: %d bought", one.what, *a.Stages[1].Reached)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}
