/** Where a refused message went wrong, part by part. */
export interface Place {
  name: 'file' | 'line' | 'field' | 'value' | 'size';
  text: string;
}

const names: Place['name'][] = ['file', 'line', 'field', 'value', 'size'];

/**
 * Reads the detail of a quarantined message, which is the same in every language:
 * `field: "timestamp", value: "\"yesterday\""`, each value as JSON. A value that is
 * JSON itself, as excerpts are, is shown as what it says. Null where the detail
 * is something else, to be shown as it is.
 */
export function placesOf(detail: string): Place[] | null {
  const places: Place[] = [];
  let rest = detail;
  while (rest !== '') {
    const found = /^(file|line|field|value|size): ("(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*)(?:, |$)/.exec(rest);
    const name = names.find((each) => each === found?.[1]);
    if (!found || !name) return null;
    places.push({ name, text: inner(String(JSON.parse(found[2] ?? '""'))) });
    rest = rest.slice(found[0].length);
  }
  return places.length > 0 ? places : null;
}

function inner(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text; // an excerpt, cut off
  }
}
