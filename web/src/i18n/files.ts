/** byFeature turns {"./ledger.json": texts} into {ledger: texts}. */
export function byFeature(files: Record<string, object>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(files).map(([path, texts]) => [path.replace(/^.*\//, '').replace(/\.json$/, ''), texts]),
  );
}
