// node outage.mjs LIBRARY URL WRITE_KEY sends customers, each of whom looks at tea and
// buys some, steadily until its standard input ends. It ends once the library has
// delivered all of them, or with code 1 if it gave one up, and prints how many there were.
import { Analytics } from '@segment/analytics-node';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';

const [library, url, key] = process.argv.slice(2);
const failed = (error) => {
  console.error(error);
  process.exitCode = 1;
};
const client = {
  segment: () => new Analytics({ writeKey: key, host: url, flushInterval: 500 }).on('error', failed),
  // Of itself it tries three times.
  rudderstack: () => new RudderAnalytics(key, { dataPlaneUrl: url, flushInterval: 500, retryCount: 20, logLevel: 'none', errorHandler: failed }),
}[library]();

let customers = 0;
let waiting = 0;
let ended = false;
const delivered = (error) => {
  waiting--;
  if (error) {
    failed(error);
  }
};
process.stdin.on('end', () => (ended = true)).resume();

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
while (!ended) {
  const userId = `${library} of Node, customer ${++customers}`;
  waiting += 2;
  client.track({ userId, event: 'Tea Seen', timestamp: new Date('2026-01-01T10:00:00Z') }, delivered);
  client.track({ userId, event: 'Tea Bought', timestamp: new Date('2026-01-01T11:00:00Z') }, delivered);
  await pause(20);
}
while (waiting > 0) {
  await pause(50);
}
console.log(customers);
process.exit();
