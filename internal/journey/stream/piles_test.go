package stream

import (
	"slices"
	"testing"
)

// Rows come back as they were laid, over the ends of pages and chunks.
func TestRowsStayInTheirOrderOnTheirPile(t *testing.T) {
	for _, stride := range []int{2, 3, 5, 14} {
		p := piles{stride: stride}
		want := make([][]uint64, 9)
		for n := range 2*chunkWords/stride + pageWords {
			pile := n * n % 7 // 0, 1, 2 and 4 get some
			row := p.add(uint32(pile))
			for i := range stride {
				row[i] = uint64(n*stride + i)
				want[pile] = append(want[pile], row[i])
			}
		}
		if len(p.chunks) < 3 {
			t.Errorf("%d chunks cross nothing", len(p.chunks))
		}
		for pile := range want {
			if got := slices.Concat(p.runs(pile)...); !slices.Equal(got, want[pile]) {
				t.Errorf("rows of %d words: pile %d has %d words, want %d", stride, pile, len(got), len(want[pile]))
			}
		}
		p.release()
		if len(p.runs(1)) > 0 {
			t.Error("released, and still there")
		}
	}
}
