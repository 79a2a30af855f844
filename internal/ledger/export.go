package ledger

import (
	"context"
	"os"
	"path/filepath"

	"beichen/internal/fault"
)

// Export writes every current definition of the kinds as <kind>/<id>.yaml into a
// folder, which is made if there is none, and gives the paths it wrote. Other
// files of the folder stay. Applying the export changes nothing.
func Export(ctx context.Context, book Book, kinds []Kind, folder string) ([]string, error) {
	written := []string{}
	for _, kind := range kinds {
		all, err := book.List(ctx, kind)
		if err != nil {
			return written, err
		}
		for _, r := range all {
			file := filepath.Join(folder, string(r.Kind), r.ID+".yaml")
			if err := exportOne(r, file); err != nil {
				return written, fault.Wrap(err, fault.Unavailable, "ledger.export", "file", file)
			}
			written = append(written, file)
		}
	}
	return written, nil
}

func exportOne(r Revision, file string) error {
	text, err := YAML(r.Body)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}
