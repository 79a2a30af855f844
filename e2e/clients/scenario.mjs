// The story that every client tells, in its own words: a visitor looks at a
// page, signs in, joins an account and pays. clienttest.go knows what must be
// stored of it.
export const visitor = { page: 'Pricing', event: 'Trial Started' };
export const member = {
  traits: { plan: 'pro', seats: 7 },
  account: { name: 'Acme Tea' },
  order: { value: 1299.5, currency: 'TWD', plan: 'pro' },
};

// call gives the server's URL and the write key that a script was started with.
export function call() {
  const [url, key] = process.argv.slice(2);
  if (!url || !key) {
    console.error('usage: node SCRIPT.mjs URL WRITE_KEY');
    process.exit(2);
  }
  return { url, key };
}
