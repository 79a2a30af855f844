package fault_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"beichen/internal/fault"
)

// keyArgument is the place of the message key among a function's arguments.
func keyArgument(function string) (int, bool) {
	place, known := map[string]int{"New": 1, "Wrap": 2, "At": 2, "Many": 0}[function]
	return place, known
}

func TestEveryFaultRaisedInTheProgramIsInTheCatalogue(t *testing.T) {
	keys := fault.Keys()
	raised := 0
	for _, root := range []string{"..", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			positions := token.NewFileSet()
			file, err := parser.ParseFile(positions, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if key, ok := literalKey(call); ok {
					raised++
					if _, found := slices.BinarySearch(keys, key); !found {
						t.Errorf("%s: %q has no message", positions.Position(call.Pos()), key)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if raised < 50 {
		t.Errorf("only %d faults were found; has the constructors' form changed?", raised)
	}
}

// literalKey is the message key of a call to a constructor of faults, where it
// is written out.
func literalKey(call *ast.CallExpr) (string, bool) {
	function, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	if of, ok := function.X.(*ast.Ident); !ok || of.Name != "fault" {
		return "", false
	}
	place, known := keyArgument(function.Sel.Name)
	if !known || place >= len(call.Args) {
		return "", false
	}
	literal, ok := call.Args[place].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	key, err := strconv.Unquote(literal.Value)
	return key, err == nil
}
