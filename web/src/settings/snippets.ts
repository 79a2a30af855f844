// How each client of the protocol is pointed at this server. The options are
// those of the clients' own documentation; nothing in them is Beichen's.

export interface Snippet {
  name: string; // as the client calls itself
  install?: string;
  language: string;
  code: string;
}

/** snippets for a server, e.g. http://127.0.0.1:8420, and a write key. */
export function snippets(origin: string, writeKey: string): Snippet[] {
  const { host, protocol } = new URL(origin);
  return [
    {
      name: 'curl',
      language: 'sh',
      code: `curl -u '${writeKey}:' ${origin}/v1/track \\
  -H 'Content-Type: application/json' \\
  -d '{"userId": "u-1", "event": "Order Paid", "properties": {"value": 1200, "currency": "TWD"}}'`,
    },
    {
      name: 'Segment · Browser',
      install: 'npm install @segment/analytics-next',
      language: 'js',
      code: `import { AnalyticsBrowser } from '@segment/analytics-next';

const analytics = AnalyticsBrowser.load(
  { writeKey: '${writeKey}', cdnURL: '${origin}' },
  { integrations: { 'Segment.io': { apiHost: '${host}/v1', protocol: '${protocol.replace(':', '')}' } } },
);

analytics.identify('u-1', { name: '林怡君' });
analytics.track('Order Paid', { value: 1200, currency: 'TWD' });`,
    },
    {
      name: 'Segment · Node.js',
      install: 'npm install @segment/analytics-node',
      language: 'js',
      code: `import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({ writeKey: '${writeKey}', host: '${origin}' });

analytics.track({ userId: 'u-1', event: 'Order Paid', properties: { value: 1200, currency: 'TWD' } });
await analytics.closeAndFlush();`,
    },
    {
      name: 'Segment · Go',
      install: 'go get github.com/segmentio/analytics-go/v3',
      language: 'go',
      code: `client, err := analytics.NewWithConfig("${writeKey}", analytics.Config{Endpoint: "${origin}"})
if err != nil {
	return err
}
defer client.Close()

client.Enqueue(analytics.Track{
	UserId:     "u-1",
	Event:      "Order Paid",
	Properties: analytics.NewProperties().Set("value", 1200).Set("currency", "TWD"),
})`,
    },
    {
      name: 'RudderStack · Browser',
      install: 'npm install @rudderstack/analytics-js',
      language: 'js',
      code: `import { RudderAnalytics } from '@rudderstack/analytics-js';

const analytics = new RudderAnalytics();
analytics.load('${writeKey}', '${origin}', { configUrl: '${origin}' });

analytics.track('Order Paid', { value: 1200, currency: 'TWD' });`,
    },
    {
      name: 'RudderStack · Node.js',
      install: 'npm install @rudderstack/rudder-sdk-node',
      language: 'js',
      code: `import RudderAnalytics from '@rudderstack/rudder-sdk-node';

const analytics = new RudderAnalytics('${writeKey}', { dataPlaneUrl: '${origin}' });

analytics.track({ userId: 'u-1', event: 'Order Paid', properties: { value: 1200, currency: 'TWD' } });`,
    },
    {
      name: 'RudderStack · Go',
      install: 'go get github.com/rudderlabs/analytics-go/v4',
      language: 'go',
      code: `client := analytics.New("${writeKey}", "${origin}")
defer client.Close()

client.Enqueue(analytics.Track{
	UserId:     "u-1",
	Event:      "Order Paid",
	Properties: analytics.NewProperties().Set("value", 1200).Set("currency", "TWD"),
})`,
    },
    {
      name: 'Jitsu',
      install: 'npm install @jitsu/js',
      language: 'js',
      code: `import { jitsuAnalytics } from '@jitsu/js';

const analytics = jitsuAnalytics({ host: '${origin}', writeKey: '${writeKey}' });

analytics.track('Order Paid', { value: 1200, currency: 'TWD' });`,
    },
    {
      name: 'CSV, Parquet, XES',
      language: 'sh',
      code: `beichen import mapping.yaml --dir ./files --server ${origin} --key ${writeKey}`,
    },
  ];
}
