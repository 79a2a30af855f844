// Two texts side by side: which lines stayed, went and came.

export interface LinePair {
  left: string | null; // null: nothing stands opposite
  right: string | null;
  kind: 'same' | 'changed' | 'removed' | 'added';
}

/**
 * align pairs the lines of two texts along their longest common subsequence
 * (Hunt and McIlroy, 1976); a removed line followed by an added one stand
 * opposite each other as changed. Quadratic in lines: meant for definitions.
 */
export function align(left: string, right: string): LinePair[] {
  const a = left.split('\n');
  const b = right.split('\n');
  const common = commonLengths(a, b);
  const pairs: LinePair[] = [];
  let removed: string[] = [];
  let added: string[] = [];

  const flush = () => {
    for (let k = 0; k < Math.max(removed.length, added.length); k++) {
      const l = removed[k] ?? null;
      const r = added[k] ?? null;
      pairs.push({ left: l, right: r, kind: l === null ? 'added' : r === null ? 'removed' : 'changed' });
    }
    removed = [];
    added = [];
  };

  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const l = a[i];
    const r = b[j];
    if (l !== undefined && l === r) {
      flush();
      pairs.push({ left: l, right: r, kind: 'same' });
      i++;
      j++;
    } else if (r === undefined || (l !== undefined && at(common, i + 1, j) >= at(common, i, j + 1))) {
      removed.push(l ?? '');
      i++;
    } else {
      added.push(r);
      j++;
    }
  }
  flush();
  return pairs;
}

/** folded leaves `around` lines beside each change and says how many it left out. */
export function folded(pairs: LinePair[], around = 3): (LinePair | { skipped: number })[] {
  const near = pairs.map((_, i) => pairs.slice(Math.max(0, i - around), i + around + 1).some((pair) => pair.kind !== 'same'));
  const out: (LinePair | { skipped: number })[] = [];
  let skipped = 0;
  for (const [i, pair] of pairs.entries()) {
    if (near[i]) {
      if (skipped > 0) out.push({ skipped });
      skipped = 0;
      out.push(pair);
    } else {
      skipped++;
    }
  }
  if (skipped > 0) out.push({ skipped });
  return out;
}

/** common[i][j] is the length of the longest common subsequence of a from i and b from j. */
function commonLengths(a: string[], b: string[]): Uint32Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i];
      if (row) row[j] = a[i] === b[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

function at(table: Uint32Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}
