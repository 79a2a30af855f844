package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
)

// TestTimeZonesComeWithTheProgram runs the program where there is nothing but
// itself and the libraries it is linked with: no /usr/share/zoneinfo and no Go.
// Half past midnight of 2 January in Taipei is 1 January in UTC.
func TestTimeZonesComeWithTheProgram(t *testing.T) {
	root := t.TempDir()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bring(t, program, filepath.Join(root, "beichen"))
	for _, library := range libraries(t, program) {
		bring(t, library, filepath.Join(root, library))
	}
	for name, text := range map[string]string{
		"tea.yaml":    teaYAML,
		"tea.jsonl":   `{"type":"track","event":"Tea Seen","userId":"a","timestamp":"2026-01-01T16:30:00Z"}`,
		"zones.yaml":  "kind: Import\nid: zones\ntimezone: Europe/London\nsources: [{ as: a, file: zones.csv }]\nmessages:\n  - { from: a, type: track, event: \"'Tea Seen'\", userId: who, timestamp: at }\n",
		"zones.csv":   "who,at\na,2026-07-01 12:00:00\n",
		"tmp/.exists": "",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}

	measured := alone(t, root, "measure", "tea.yaml", "--events", "tea.jsonl", "--timezone", "Asia/Taipei",
		"--from", "2026-01-02", "--to", "2026-01-02", "--json")
	var answer struct{ Entered int }
	if err := json.Unmarshal(measured, &answer); err != nil || answer.Entered != 1 {
		t.Errorf("%v: %s", err, measured)
	}
	imported := alone(t, root, "import", "zones.yaml", "--out", "-")
	if !regexp.MustCompile(`"timestamp":"2026-07-01T11:00:00`).Match(imported) {
		t.Errorf("noon in London in July is not 11:00 UTC: %s", imported)
	}
}

// alone runs the program with root as the whole file system. Who is not the
// superuser becomes one inside a user namespace of their own.
func alone(t *testing.T, root string, args ...string) []byte {
	t.Helper()
	command := &exec.Cmd{Path: "/beichen", Args: append([]string{"beichen"}, args...), Dir: "/", Env: []string{"LANG=en"}}
	command.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
	if uid := os.Getuid(); uid != 0 {
		command.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		command.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
	}
	out, err := command.Output()
	if err != nil {
		var said []byte
		if failed, ok := err.(*exec.ExitError); ok {
			said = failed.Stderr
		}
		t.Fatalf("%v: %s", err, said)
	}
	return out
}

// libraries lists the files that the program is linked with.
func libraries(t *testing.T, program string) []string {
	t.Helper()
	out, err := exec.Command("ldd", program).Output()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, match := range regexp.MustCompile(`(/\S+) \(0x`).FindAllSubmatch(out, -1) {
		files = append(files, string(match[1]))
	}
	return files
}

// bring links a file to a place, or copies it where it is on another disk.
func bring(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if real, err := filepath.EvalSymlinks(from); err == nil && os.Link(real, to) == nil {
		return
	}
	source, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(target, source); err != nil {
		t.Fatal(err)
	}
	if err := target.Close(); err != nil {
		t.Fatal(err)
	}
}
